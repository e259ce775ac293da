#include "ops/imresize.h"

#include "core/pool.h"
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

// Lines that go through a pass side by side, and outputs that are turned at once.
constexpr int64_t kLanes = 16;
// Values of a row that are summed up at once.
constexpr int64_t kWide = 32;

// The taps of one output.
struct Window {
  const int64_t* index;
  const double* weight;
  int64_t count;
};

[[gnu::always_inline]] inline Window window_of(const Taps& taps, int64_t output) {
  const int64_t first = taps.start[output];
  return {.index = taps.index.data() + first,
          .weight = taps.weight.data() + first,
          .count = taps.start[output + 1] - first};
}

// Lanes [column, column + kCount) of a row that a window makes of rows side by side.
template <int64_t kCount, class T>
[[gnu::always_inline]] inline void combine_part(const T* in, int64_t width, const Window& window,
                                                T* out) {
  double sums[kCount] = {};
  for (int64_t k = 0; k < window.count; ++k) {
    const T* row = in + window.index[k] * width;
    const double weight = window.weight[k];
    for (int64_t lane = 0; lane < kCount; ++lane) {
      sums[lane] += weight * static_cast<double>(row[lane]);
    }
  }
  for (int64_t lane = 0; lane < kCount; ++lane) out[lane] = static_cast<T>(sums[lane]);
}

// in: rows of `width` values -> out: the row that the window makes of them.
template <class T>
[[gnu::always_inline]] inline void combine(const T* in, int64_t width, const Window& window,
                                           T* out) {
  int64_t column = 0;
  for (; column + kWide <= width; column += kWide) {
    combine_part<kWide>(in + column, width, window, out + column);
  }
  for (; column + kLanes <= width; column += kLanes) {
    combine_part<kLanes>(in + column, width, window, out + column);
  }
  for (; column < width; ++column) combine_part<1>(in + column, width, window, out + column);
}

// `count` outputs from the `first` on, each a row of `width` values.
template <class T>
[[gnu::always_inline]] inline void combine_all(const T* in, int64_t width, const Taps& taps,
                                               int64_t first, int64_t count, T* out) {
  for (int64_t i = 0; i < count; ++i) {
    combine(in, width, window_of(taps, first + i), out + i * width);
  }
}

HYPERLIFT_CLONES void combine_rows(const float* in, int64_t width, const Taps& taps, int64_t first,
                                   int64_t count, float* out) {
  combine_all(in, width, taps, first, count, out);
}

HYPERLIFT_CLONES void combine_rows(const double* in, int64_t width, const Taps& taps, int64_t first,
                                   int64_t count, double* out) {
  combine_all(in, width, taps, first, count, out);
}

// The same for rows of kLanes values.
HYPERLIFT_CLONES void combine_lanes(const float* in, const Taps& taps, int64_t first, int64_t count,
                                    float* out) {
  combine_all(in, kLanes, taps, first, count, out);
}

HYPERLIFT_CLONES void combine_lanes(const double* in, const Taps& taps, int64_t first,
                                    int64_t count, double* out) {
  combine_all(in, kLanes, taps, first, count, out);
}

// in: `rows` rows of `columns` values -> out: columns of kLanes values. Tile by tile, so that
// neither side leaves the cache before its lines are full.
template <class T>
void turn_in(const T* in, int64_t rows, int64_t columns, T* out) {
  for (int64_t first = 0; first < columns; first += kLanes) {
    const int64_t last = std::min(columns, first + kLanes);
    for (int64_t row = 0; row < rows; ++row) {
      const T* from = in + row * columns;
      for (int64_t column = first; column < last; ++column) {
        out[column * kLanes + row] = from[column];
      }
    }
  }
}

// x: [N, H, W] -> [N, outputs, W]
template <class T>
void resample_rows(const at::Tensor& x, const Taps& taps, const at::Tensor& y) {
  const int64_t width = x.size(2);
  const T* in = x.const_data_ptr<T>();
  T* out = y.mutable_data_ptr<T>();
  parallel_for(0, x.size(0) * taps.outputs(), kLanes, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const T* image = in + item / taps.outputs() * taps.inputs * width;
      combine_rows(image, width, taps, item % taps.outputs(), 1, out + item * width);
    }
  });
}

// One block of lines of resample_columns. turned: [W, kLanes]; tile: [kLanes, kLanes].
template <class T>
void resample_lines(const T* in, int64_t lines, const Taps& taps, std::vector<T>& turned, T* out) {
  turn_in(in, lines, taps.inputs, turned.data());
  T tile[kLanes * kLanes];
  for (int64_t first = 0; first < taps.outputs(); first += kLanes) {
    const int64_t count = std::min(kLanes, taps.outputs() - first);
    combine_lanes(turned.data(), taps, first, count, tile);
    for (int64_t line = 0; line < lines; ++line) {
      T* to = out + line * taps.outputs() + first;
      for (int64_t i = 0; i < count; ++i) to[i] = tile[i * kLanes + line];
    }
  }
}

// x: [N, H, W] -> [N, H, outputs]. Lines lie side by side in a block, so that one vector serves all
// of them.
template <class T>
void resample_columns(const at::Tensor& x, const Taps& taps, const at::Tensor& y) {
  const int64_t lines = x.size(0) * x.size(1);
  const int64_t blocks = (lines + kLanes - 1) / kLanes;
  const T* in = x.const_data_ptr<T>();
  T* out = y.mutable_data_ptr<T>();
  parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    std::vector<T> turned(static_cast<size_t>(taps.inputs * kLanes));
    for (int64_t line = begin * kLanes; line < std::min(end * kLanes, lines); line += kLanes) {
      resample_lines(in + line * taps.inputs, std::min(kLanes, lines - line), taps, turned,
                     out + line * taps.outputs());
    }
  });
}

// x: [N, H, W], contiguous; dimension 1 or 2 is resampled.
template <class T>
at::Tensor resample_cpu(const at::Tensor& x, int64_t dim, const Taps& taps) {
  auto sizes = x.sizes().vec();
  sizes[static_cast<size_t>(dim)] = taps.outputs();
  auto y = at::empty(sizes, x.options());
  if (dim == 1) resample_rows<T>(x, taps, y);
  if (dim == 2) resample_columns<T>(x, taps, y);
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
    for (size_t left = kept->passes->size(); left > 0; --left) {
      const auto& pass = (*kept->passes)[left - 1];
      grad = resample(grad, pass.dim, transposed(pass.taps));
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
