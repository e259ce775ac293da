// Devices by name: cpu, cuda, cuda:N and auto (the first CUDA device where there is one, else the
// CPU).
#pragma once

#include "core/torch.h"

namespace hyperlift {

at::Device device_of(const std::string& name);  // throws TENSOR_DEVICE
std::string device_name(const at::Device& device);
std::vector<std::string> devices();  // usable here: cpu, then cuda:0, ...

}  // namespace hyperlift
