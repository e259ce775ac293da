#include "ops/gram.h"

#include "core/observers.h"
#include "core/parallel.h"
#include "core/pool.h"
#include "ops/vector_clones.h"

namespace hyperlift {

namespace {

constexpr int64_t kLane = 32;  // channels are padded to this: two vectors of 16
constexpr int64_t kRows = 32;  // rows at a time: with 128 channels they fill 16 KiB
constexpr int64_t kBlock = 8;  // rows of the result held in registers

using Vector = float __attribute__((vector_size(64), aligned(4)));

// result [padded, padded] += rows^T rows, rows: [count, padded], zero beyond C.
HYPERLIFT_CLONES void add_products(const float* rows, int64_t count, int64_t padded,
                                   float* result) {
  for (int64_t i = 0; i < padded; i += kBlock) {
    for (int64_t j = 0; j < padded; j += kLane) {
      Vector low[kBlock];
      Vector high[kBlock];
      for (int64_t k = 0; k < kBlock; ++k) {
        const float* at = result + (i + k) * padded + j;
        low[k] = *reinterpret_cast<const Vector*>(at);
        high[k] = *reinterpret_cast<const Vector*>(at + 16);
      }
      for (int64_t n = 0; n < count; ++n) {
        const float* row = rows + n * padded;
        const Vector a = *reinterpret_cast<const Vector*>(row + j);
        const Vector b = *reinterpret_cast<const Vector*>(row + j + 16);
        for (int64_t k = 0; k < kBlock; ++k) {
          low[k] += a * row[i + k];
          high[k] += b * row[i + k];
        }
      }
      for (int64_t k = 0; k < kBlock; ++k) {
        float* at = result + (i + k) * padded + j;
        *reinterpret_cast<Vector*>(at) = low[k];
        *reinterpret_cast<Vector*>(at + 16) = high[k];
      }
    }
  }
}

template <class T>
void products_of(const T* x, int64_t begin, int64_t end, int64_t channels, int64_t padded,
                 float* result) {
  std::vector<float> rows(static_cast<size_t>(kRows * padded), 0.0F);
  for (int64_t first = begin; first < end; first += kRows) {
    const int64_t count = std::min(kRows, end - first);
    for (int64_t n = 0; n < count; ++n) {
      const T* from = x + (first + n) * channels;
      std::copy(from, from + channels, rows.begin() + n * padded);
    }
    add_products(rows.data(), count, padded, result);
  }
}

// Each thread sums a fixed share of the rows, and the shares are added in order: equal thread
// counts give equal bits.
at::Tensor gram_cpu(const at::Tensor& input) {
  const auto x = input.contiguous();
  const int64_t batch = x.size(0);
  const int64_t pixels = x.size(1);
  const int64_t channels = x.size(2);
  const int64_t padded = (channels + kLane - 1) / kLane * kLane;
  const int64_t shares =
      std::max<int64_t>(1, std::min<int64_t>(at::get_num_threads(), pixels / 256));
  const auto sums = at::zeros({batch, shares, padded, padded}, at::kFloat);
  auto* out = sums.mutable_data_ptr<float>();
  parallel_for(0, batch * shares, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t offset = item / shares * pixels * channels;
      const int64_t share = item % shares;
      const int64_t from = pixels * share / shares;
      const int64_t to = pixels * (share + 1) / shares;
      float* result = out + item * padded * padded;
      if (x.scalar_type() == at::kBFloat16) {
        products_of(x.const_data_ptr<at::BFloat16>() + offset, from, to, channels, padded, result);
      } else {
        products_of(x.const_data_ptr<float>() + offset, from, to, channels, padded, result);
      }
    }
  });
  return sums.sum(1).slice(1, 0, channels).slice(2, 0, channels).contiguous();
}

at::Tensor gram_of(const at::Tensor& x) {
  RECORD_FUNCTION("hyperlift::gram", std::vector<c10::IValue>({x}));  // profilers see it by name
  const bool ours =
      x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
  if (ours) return gram_cpu(x);
  const auto wide = x.scalar_type() == at::kDouble ? x : x.to(at::kFloat);
  return wide.mT().matmul(wide);
}

class Gram : public torch::autograd::Function<Gram> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
    context->save_for_backward({x});
    return gram_of(x);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto x = context->get_saved_variables()[0];
    const auto sum = grads[0] + grads[0].mT();
    return {x.matmul(sum.to(x.scalar_type()))};
  }
};

}  // namespace

at::Tensor gram(const at::Tensor& x) { return Gram::apply(x); }

}  // namespace hyperlift
