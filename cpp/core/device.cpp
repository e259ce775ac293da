#include "core/device.h"

#include "core/error.h"

namespace hyperlift {

namespace {

int64_t cuda_devices() {
  return at::globalContext().hasCUDA()
             ? static_cast<int64_t>(at::detail::getCUDAHooks().deviceCount())
             : 0;
}

int64_t cuda_index(const std::string& name) {
  if (name == "cuda") return 0;
  const std::string digits = name.substr(5);
  const bool number = !digits.empty() && digits.size() < 4 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoll(digits) : -1;
}

}  // namespace

at::Device device_of(const std::string& name) {
  if (name == "cpu") return {at::kCPU};
  if (name == "auto") {
    return cuda_devices() > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  }
  const bool cuda = name == "cuda" || name.rfind("cuda:", 0) == 0;
  const int64_t index = cuda ? cuda_index(name) : -1;
  if (index >= 0 && index < cuda_devices()) {
    return {at::kCUDA, static_cast<at::DeviceIndex>(index)};
  }
  fail("TENSOR_DEVICE", "device '", name,
       "': expected auto or one of those this machine has: ", c10::Join(", ", devices()));
}

std::string device_name(const at::Device& device) {
  return device.is_cuda() ? c10::str("cuda:", device.index()) : device.str();
}

std::vector<std::string> devices() {
  std::vector<std::string> names{"cpu"};
  for (int64_t index = 0; index < cuda_devices(); ++index)
    names.push_back(c10::str("cuda:", index));
  return names;
}

}  // namespace hyperlift
