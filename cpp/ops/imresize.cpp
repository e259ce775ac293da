#include "ops/imresize.h"

#include "core/parallel.h"
#include "ops/mirror.h"
#include "ops/vector_clones.h"

#include <cmath>

namespace hyperlift {

namespace {

// A resampling of one dimension: out[i] = sum of weight[k] in[index[k]] for k from start[i] to
// start[i + 1].
struct Taps {
  int64_t inputs = 0;
  std::vector<int64_t> start = {0};
  std::vector<int64_t> index = {};
  std::vector<double> weight = {};

  int64_t outputs() const { return static_cast<int64_t>(start.size()) - 1; }
};

// The cubic convolution kernel with a = -0.5 (Keys 1981).
double cubic(double t) {
  t = std::abs(t);
  if (t <= 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t <= 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

// Ends one output: what it summed up becomes 1.
void close(Taps& taps) {
  const auto first = static_cast<size_t>(taps.start.back());
  double sum = 0;
  for (size_t k = first; k < taps.weight.size(); ++k) sum += taps.weight[k];
  for (size_t k = first; k < taps.weight.size(); ++k) taps.weight[k] /= sum;
  taps.start.push_back(static_cast<int64_t>(taps.weight.size()));
}

Taps matlab_taps(int64_t inputs, int64_t outputs, double scale) {
  Taps taps;
  taps.inputs = inputs;
  const double stretch = std::min(scale, 1.0);
  const double support = 4 / stretch;
  const auto count = static_cast<int64_t>(std::ceil(support)) + 2;
  for (int64_t i = 1; i <= outputs; ++i) {
    const double centre = static_cast<double>(i) / scale + 0.5 * (1 - 1 / scale);
    const auto left = static_cast<int64_t>(std::floor(centre - support / 2));
    for (int64_t tap = left; tap < left + count; ++tap) {
      const double weight = stretch * cubic(stretch * (centre - static_cast<double>(tap)));
      if (weight == 0) continue;
      taps.index.push_back(mirrored(tap - 1, inputs));
      taps.weight.push_back(weight);
    }
    close(taps);
  }
  return taps;
}

// Pillow's own rounding: a half is added, and C's conversion cuts towards zero.
int64_t cut(double place) { return static_cast<int64_t>(std::trunc(place + 0.5)); }

Taps pillow_taps(int64_t inputs, int64_t outputs) {
  Taps taps;
  taps.inputs = inputs;
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  const double stretch = std::max(scale, 1.0);
  const double support = 2 * stretch;
  for (int64_t i = 0; i < outputs; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto from = std::max<int64_t>(0, cut(centre - support));
    const auto to = std::min<int64_t>(inputs, cut(centre + support));
    for (int64_t tap = from; tap < to; ++tap) {
      taps.index.push_back(tap);
      taps.weight.push_back(cubic((static_cast<double>(tap) - centre + 0.5) / stretch));
    }
    close(taps);
  }
  return taps;
}

// What carries gradients back: from outputs to inputs.
Taps transposed(const Taps& taps) {
  std::vector<std::vector<std::pair<int64_t, double>>> rows(static_cast<size_t>(taps.inputs));
  for (int64_t i = 0; i < taps.outputs(); ++i) {
    for (int64_t k = taps.start[i]; k < taps.start[i + 1]; ++k) {
      rows[static_cast<size_t>(taps.index[k])].emplace_back(i, taps.weight[k]);
    }
  }
  Taps result;
  result.inputs = taps.outputs();
  for (const auto& row : rows) {
    for (const auto& [index, weight] : row) {
      result.index.push_back(index);
      result.weight.push_back(weight);
    }
    result.start.push_back(static_cast<int64_t>(result.weight.size()));
  }
  return result;
}

constexpr int64_t kLanes = 16;

// in: rows of `stride` values, the lanes of a row side by side -> sums[kLanes].
HYPERLIFT_CLONES void add_up(const double* in, int64_t stride, const int64_t* index,
                             const double* weight, int64_t count, double* sums) {
  double lanes[kLanes] = {};
  for (int64_t k = 0; k < count; ++k) {
    const double* row = in + index[k] * stride;
    const double factor = weight[k];
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += factor * row[lane];
  }
  std::copy(lanes, lanes + kLanes, sums);
}

// Both passes bring kLanes neighbouring lines into a block of doubles, line beside line, so that
// one vector serves all of them. A value lies at line * line_stride + place * place_stride.
template <class T>
void resample_block(const T* in, T* out, const Taps& taps, int64_t lines, int64_t line_stride,
                    int64_t place_stride, int64_t line_stride_out, int64_t place_stride_out,
                    std::vector<double>& block) {
  block.assign(static_cast<size_t>(taps.inputs * kLanes), 0.0);
  if (line_stride == 1) {
    for (int64_t place = 0; place < taps.inputs; ++place) {
      const T* row = in + place * place_stride;
      std::copy(row, row + lines, block.begin() + place * kLanes);
    }
  } else {
    for (int64_t line = 0; line < lines; ++line) {
      const T* row = in + line * line_stride;
      for (int64_t place = 0; place < taps.inputs; ++place) {
        block[static_cast<size_t>(place * kLanes + line)] =
            static_cast<double>(row[place * place_stride]);
      }
    }
  }
  double sums[kLanes];
  for (int64_t i = 0; i < taps.outputs(); ++i) {
    const int64_t first = taps.start[i];
    add_up(block.data(), kLanes, taps.index.data() + first, taps.weight.data() + first,
           taps.start[i + 1] - first, sums);
    T* place = out + i * place_stride_out;
    for (int64_t line = 0; line < lines; ++line) {
      place[line * line_stride_out] = static_cast<T>(sums[line]);
    }
  }
}

// x: [N, H, W], contiguous; dimension 1 or 2 is resampled.
template <class T>
at::Tensor resample_cpu(const at::Tensor& x, int64_t dim, const Taps& taps) {
  auto sizes = x.sizes().vec();
  sizes[static_cast<size_t>(dim)] = taps.outputs();
  auto y = at::empty(sizes, x.options());
  const bool vertical = dim == 1;
  const int64_t lines = vertical ? x.size(2) : x.size(1);
  const int64_t blocks = (lines + kLanes - 1) / kLanes;
  const int64_t width_in = x.size(2);
  const int64_t width_out = y.size(2);
  const T* in = x.const_data_ptr<T>();
  T* out = y.mutable_data_ptr<T>();
  at::parallel_for(0, x.size(0) * blocks, 1, [&](int64_t begin, int64_t end) {
    std::vector<double> block;
    for (int64_t item = begin; item < end; ++item) {
      const int64_t image = item / blocks;
      const int64_t line = item % blocks * kLanes;
      const T* from = in + image * x.size(1) * width_in + line * (vertical ? 1 : width_in);
      T* to = out + image * y.size(1) * width_out + line * (vertical ? 1 : width_out);
      resample_block(from, to, taps, std::min(kLanes, lines - line), vertical ? 1 : width_in,
                     vertical ? width_in : 1, vertical ? 1 : width_out, vertical ? width_out : 1,
                     block);
    }
  });
  return y;
}

at::Tensor matrix_of(const Taps& taps, const at::TensorOptions& options) {
  auto matrix = at::zeros({taps.outputs(), taps.inputs}, at::kDouble);
  auto values = matrix.accessor<double, 2>();
  for (int64_t i = 0; i < taps.outputs(); ++i) {
    for (int64_t k = taps.start[i]; k < taps.start[i + 1]; ++k) {
      values[i][taps.index[k]] += taps.weight[k];
    }
  }
  return matrix.to(options);
}

// x: [N, H, W]
at::Tensor resample(const at::Tensor& x, int64_t dim, const Taps& taps) {
  if (x.is_cpu() && x.scalar_type() == at::kFloat) return resample_cpu<float>(x, dim, taps);
  if (x.is_cpu() && x.scalar_type() == at::kDouble) return resample_cpu<double>(x, dim, taps);
  const auto matrix = matrix_of(taps, x.options());
  return dim == 1 ? at::matmul(matrix, x) : at::matmul(x, matrix.t());
}

struct Pass {
  int64_t dim;
  Taps taps;
};

// The passes that are needed, in the order of the program that is followed.
std::vector<Pass> passes_of(const at::Tensor& x, const ResizeTarget& target, ResizeStyle style) {
  const bool matlab = style == ResizeStyle::matlab;
  const auto taps = [&](int64_t inputs, int64_t outputs, double scale) {
    return matlab ? matlab_taps(inputs, outputs, scale) : pillow_taps(inputs, outputs);
  };
  std::vector<Pass> passes;
  if (target.height != x.size(1)) {
    passes.push_back({1, taps(x.size(1), target.height, target.vertical)});
  }
  if (target.width != x.size(2)) {
    passes.push_back({2, taps(x.size(2), target.width, target.horizontal)});
  }
  // MATLAB takes the smaller factor first, rows before columns; Pillow the columns.
  const bool columns_first = matlab ? target.horizontal < target.vertical : true;
  if (columns_first) std::reverse(passes.begin(), passes.end());
  return passes;
}

class Resize : public torch::autograd::Function<Resize> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const std::shared_ptr<std::vector<Pass>>& passes) {
    context->saved_data["passes"] = c10::IValue::make_capsule(c10::make_intrusive<Kept>(passes));
    auto y = x.contiguous();
    for (const auto& pass : *passes) y = resample(y, pass.dim, pass.taps);
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto kept =
        c10::static_intrusive_pointer_cast<Kept>(context->saved_data["passes"].toCapsule());
    auto grad = grads[0].contiguous();
    for (auto pass = kept->passes->rbegin(); pass != kept->passes->rend(); ++pass) {
      grad = resample(grad, pass->dim, transposed(pass->taps));
    }
    return {grad, {}};
  }

 private:
  struct Kept : torch::CustomClassHolder {
    explicit Kept(std::shared_ptr<std::vector<Pass>> given) : passes(std::move(given)) {}
    std::shared_ptr<std::vector<Pass>> passes;
  };
};

}  // namespace

at::Tensor imresize(const at::Tensor& x, const ResizeTarget& target, ResizeStyle style) {
  const auto images = x.reshape({-1, x.size(-2), x.size(-1)});
  auto passes = std::make_shared<std::vector<Pass>>(passes_of(images, target, style));
  auto sizes = x.sizes().vec();
  sizes[sizes.size() - 2] = target.height;
  sizes[sizes.size() - 1] = target.width;
  return Resize::apply(images, passes).view(sizes);
}

at::Tensor imresize(const at::Tensor& x, int64_t scale, ResizeStyle style) {
  const auto factor = static_cast<double>(scale);
  const ResizeTarget target = {.height = scale * x.size(-2),
                               .width = scale * x.size(-1),
                               .vertical = factor,
                               .horizontal = factor};
  return imresize(x, target, style);
}

}  // namespace hyperlift
