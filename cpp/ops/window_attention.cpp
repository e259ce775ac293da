#include "ops/window_attention.h"

#include "core/observers.h"
#include "core/parallel.h"
#include "core/pool.h"
#include "ops/vector_clones.h"

#include <cmath>

namespace hyperlift {

namespace {

constexpr int64_t kLane = 16;  // floats of a vector; channels and columns are padded to this
constexpr int64_t kRows = 8;   // rows of a product held in registers; tokens are padded to this

using Vector = float __attribute__((vector_size(64), aligned(4)));
using Whole = int32_t __attribute__((vector_size(64)));

int64_t padded(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

// A factor read as [rows, depth], whichever of the two lies together in memory.
struct Factor {
  const float* data;
  int64_t row;
  int64_t depth;
};

// out [rows, columns] = a [rows, depth] b [depth, columns]; rows a multiple of kRows, columns of
// kLane. Two vectors of columns beside each other where there are as many: then half as many rows
// fill the registers, and fewer of the numbers of `a` are read again.
HYPERLIFT_CLONES void multiply(const Factor& a, const float* b, float* out, int64_t rows,
                               int64_t depth, int64_t columns) {
  constexpr int64_t half = kRows / 2;
  int64_t j = 0;
  for (; j + 2 * kLane <= columns; j += 2 * kLane) {
    for (int64_t i = 0; i < rows; i += half) {
      const float* left = a.data + i * a.row;
      Vector low[half] = {};
      Vector high[half] = {};
      for (int64_t k = 0; k < depth; ++k) {
        const Vector first = *reinterpret_cast<const Vector*>(b + k * columns + j);
        const Vector second = *reinterpret_cast<const Vector*>(b + k * columns + j + kLane);
        for (int64_t r = 0; r < half; ++r) {
          low[r] += first * left[r * a.row + k * a.depth];
          high[r] += second * left[r * a.row + k * a.depth];
        }
      }
      for (int64_t r = 0; r < half; ++r) {
        float* at = out + (i + r) * columns + j;
        *reinterpret_cast<Vector*>(at) = low[r];
        *reinterpret_cast<Vector*>(at + kLane) = high[r];
      }
    }
  }
  for (; j < columns; j += kLane) {
    for (int64_t i = 0; i < rows; i += kRows) {
      const float* left = a.data + i * a.row;
      Vector sums[kRows] = {};
      for (int64_t k = 0; k < depth; ++k) {
        const Vector right = *reinterpret_cast<const Vector*>(b + k * columns + j);
        for (int64_t r = 0; r < kRows; ++r) sums[r] += right * left[r * a.row + k * a.depth];
      }
      for (int64_t r = 0; r < kRows; ++r) {
        *reinterpret_cast<Vector*>(out + (i + r) * columns + j) = sums[r];
      }
    }
  }
}

// The largest lane, and the sum of all lanes, by halves.
inline __attribute__((always_inline)) float top_of(const Vector& v) {
  Vector x = v;
  Vector y = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  x = y > x ? y : x;
  y = __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
  x = y > x ? y : x;
  return std::max(std::max(x[0], x[1]), std::max(x[2], x[3]));
}
inline __attribute__((always_inline)) float sum_of(const Vector& v) {
  Vector x = v;
  x += __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  x += __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
  return (x[0] + x[1]) + (x[2] + x[3]);
}

// Softmax of each row of [rows, columns], in place. exp(x) = 2^n exp(r), |r| <= ln(2) / 2, by a
// polynomial that is exact to a rounding or two of float32.
HYPERLIFT_CLONES void soften(float* values, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows; ++i) {
    float* row = values + i * columns;
    Vector largest = *reinterpret_cast<Vector*>(row);
    for (int64_t j = kLane; j < columns; j += kLane) {
      const Vector next = *reinterpret_cast<Vector*>(row + j);
      largest = next > largest ? next : largest;
    }
    const float top = top_of(largest);
    Vector sums = {};
    for (int64_t j = 0; j < columns; j += kLane) {
      Vector x = *reinterpret_cast<Vector*>(row + j) - top;
      const Vector least = Vector{} - 87.0F;
      x = x > least ? x : least;
      const Vector shifted = x * 1.44269504088896341F + 12582912.0F;  // rounds to a whole number
      const Vector n = shifted - 12582912.0F;
      const Vector r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
      Vector y = Vector{} + 1.9875691500e-4F;
      y = y * r + 1.3981999507e-3F;
      y = y * r + 8.3334519073e-3F;
      y = y * r + 4.1665795894e-2F;
      y = y * r + 1.6666665459e-1F;
      y = y * r + 5.0000001201e-1F;
      y = y * r * r + r + 1.0F;
      const Whole power = __builtin_convertvector(n, Whole) << 23;
      const auto result = (Vector)((Whole)y + power);  // the same bits
      *reinterpret_cast<Vector*>(row + j) = result;
      sums += result;
    }
    const float scale = 1.0F / sum_of(sums);
    for (int64_t j = 0; j < columns; j += kLane) *reinterpret_cast<Vector*>(row + j) *= scale;
  }
}

// map (slope - sum of map slope over the row): what a gradient of the map is to its logits. In
// place of `slope`.
HYPERLIFT_CLONES void through_softmax(const float* map, float* slope, int64_t rows,
                                      int64_t columns) {
  for (int64_t i = 0; i < rows; ++i) {
    const float* p = map + i * columns;
    float* g = slope + i * columns;
    Vector sums = {};
    for (int64_t j = 0; j < columns; j += kLane) {
      sums += *reinterpret_cast<const Vector*>(p + j) * *reinterpret_cast<Vector*>(g + j);
    }
    const float sum = sum_of(sums);
    for (int64_t j = 0; j < columns; j += kLane) {
      Vector& at = *reinterpret_cast<Vector*>(g + j);
      at = (at - sum) * *reinterpret_cast<const Vector*>(p + j);
    }
  }
}

HYPERLIFT_CLONES void add_scaled(const float* from, const float* factors, float* to) {
  *reinterpret_cast<Vector*>(to) +=
      *reinterpret_cast<const Vector*>(from) * *reinterpret_cast<const Vector*>(factors);
}

struct Shape {
  int64_t batch, height, width, heads, head_width, channels;
  Windows windows;
  int64_t down() const { return height / windows.height; }
  int64_t across() const { return width / windows.width; }
  int64_t count() const { return batch * down() * across(); }
  int64_t tokens() const { return windows.height * windows.width; }
  int64_t rows() const { return padded(tokens(), kRows); }     // tokens, padded as rows
  int64_t columns() const { return padded(tokens(), kLane); }  // tokens, padded as columns
  int64_t lanes() const { return padded(head_width, kLane); }  // channels of a head, padded
};

// Where the tokens of one window are, and on which side of the seam.
struct Place {
  std::vector<int64_t> pixel;  // in rows of the image, the batch's images one after another
  std::vector<int32_t> part;
  bool has_seam = false;

  explicit Place(const Shape& shape) : pixel(shape.tokens()), part(shape.tokens()) {}

  void move_to(const Shape& s, int64_t window) {
    const int64_t image = window / (s.down() * s.across());
    const int64_t top = window / s.across() % s.down() * s.windows.height;
    const int64_t left = window % s.across() * s.windows.width;
    const int64_t shift = s.windows.shift;
    const bool last = top + s.windows.height == s.height || left + s.windows.width == s.width;
    has_seam = s.windows.masked && shift > 0 && last;
    for (int64_t i = 0; i < s.tokens(); ++i) {
      const int64_t y = top + i / s.windows.width;
      const int64_t x = left + i % s.windows.width;
      pixel[i] = (image * s.height + (y + shift) % s.height) * s.width + (x + shift) % s.width;
      part[i] = (y >= s.height - shift ? 2 : 0) + (x >= s.width - shift ? 1 : 0);
    }
  }
};

// The bias and the kernel as the loops read them.
struct Extras {
  const float* bias = nullptr;     // [heads, N, N]
  std::vector<float> kernel;       // [heads, 9, lanes], empty without a kernel
  std::vector<float> kernel_bias;  // [heads, lanes]

  Extras(const Shape& s, const at::Tensor& bias_values, const at::Tensor& kernel_values,
         const at::Tensor& kernel_bias_values) {
    if (bias_values.defined()) bias = bias_values.const_data_ptr<float>();
    if (!kernel_values.defined()) return;
    kernel.resize(s.heads * 9 * s.lanes());
    kernel_bias.resize(s.heads * s.lanes());
    const auto* taps = kernel_values.const_data_ptr<float>();
    const auto* offsets = kernel_bias_values.const_data_ptr<float>();
    for (int64_t c = 0; c < s.channels; ++c) {
      const int64_t head = c / s.head_width;
      const int64_t lane = c % s.head_width;
      for (int64_t tap = 0; tap < 9; ++tap) {
        kernel[(head * 9 + tap) * s.lanes() + lane] = taps[c * 9 + tap];
      }
      kernel_bias[head * s.lanes() + lane] = offsets[c];
    }
  }
};

// Calls work(token, other, tap) for each pair of tokens that the 3 x 3 kernel joins.
template <class Work>
void each_tap(const Windows& w, Work work) {
  for (int64_t y = 0; y < w.height; ++y) {
    for (int64_t x = 0; x < w.width; ++x) {
      for (int64_t tap = 0; tap < 9; ++tap) {
        const int64_t v = y + tap / 3 - 1;
        const int64_t u = x + tap % 3 - 1;
        if (v < 0 || v >= w.height || u < 0 || u >= w.width) continue;
        work(y * w.width + x, v * w.width + u, tap);
      }
    }
  }
}

// Zeros, aligned as vectors are read fastest.
class Buffer {
 public:
  explicit Buffer(int64_t count)
      : values_(at::zeros({count}, at::kFloat)), data_(values_.mutable_data_ptr<float>()) {}
  float* data() { return data_; }
  const float* data() const { return data_; }
  float& operator[](int64_t i) { return data_[i]; }
  float operator[](int64_t i) const { return data_[i]; }

 private:
  at::Tensor values_;
  float* data_;
};

// One head of one window: its rows gathered from the image, and the map.
struct Head {
  const Shape& s;
  Buffer q, k, v, keys_down, map, out;

  explicit Head(const Shape& shape)
      : s(shape),
        q(s.rows() * s.lanes()),
        k(s.columns() * s.lanes()),
        v(s.columns() * s.lanes()),
        keys_down(s.lanes() * s.columns()),
        map(s.rows() * s.columns()),
        out(s.rows() * s.lanes()) {}

  // Rows of [pixels, stride] at `offset` -> [tokens, lanes]
  template <class T>
  void gather(const T* from, int64_t stride, int64_t offset, const Place& place, Buffer& to,
              float scale = 1.0F) const {
    for (int64_t i = 0; i < s.tokens(); ++i) {
      const T* row = from + place.pixel[i] * stride + offset;
      float* at = to.data() + i * s.lanes();
      for (int64_t c = 0; c < s.head_width; ++c) at[c] = static_cast<float>(row[c]) * scale;
    }
  }
  template <class T>
  void scatter(const Buffer& from, T* to, int64_t stride, int64_t offset, const Place& place,
               float scale = 1.0F) const {
    for (int64_t i = 0; i < s.tokens(); ++i) {
      T* row = to + place.pixel[i] * stride + offset;
      const float* at = from.data() + i * s.lanes();
      for (int64_t c = 0; c < s.head_width; ++c) row[c] = static_cast<T>(at[c] * scale);
    }
  }
  // The same, turned: [lanes, columns]
  template <class T>
  void gather_down(const T* from, int64_t stride, int64_t offset, const Place& place,
                   Buffer& to) const {
    for (int64_t i = 0; i < s.tokens(); ++i) {
      const T* row = from + place.pixel[i] * stride + offset;
      for (int64_t c = 0; c < s.head_width; ++c)
        to[c * s.columns() + i] = static_cast<float>(row[c]);
    }
  }

  void make_map(int64_t head, const Place& place, const Extras& extras) {
    multiply({q.data(), s.lanes(), 1}, keys_down.data(), map.data(), s.rows(), s.head_width,
             s.columns());
    const int64_t n = s.tokens();
    for (int64_t i = 0; i < n; ++i) {
      float* row = map.data() + i * s.columns();
      if (extras.bias != nullptr) {
        const float* bias = extras.bias + (head * n + i) * n;
        for (int64_t j = 0; j < n; ++j) row[j] += bias[j];
      }
      if (place.has_seam) {
        for (int64_t j = 0; j < n; ++j) row[j] += place.part[j] == place.part[i] ? 0.0F : -100.0F;
      }
      for (int64_t j = n; j < s.columns(); ++j) row[j] = -1e30F;
    }
    soften(map.data(), s.rows(), s.columns());
  }
};

template <class T>
struct Image {
  const T* data;
  int64_t stride;  // from pixel to pixel
  int64_t part;    // from q to k to v
};

template <class T>
Image<T> image_of(const at::Tensor& qkv) {  // [B, H, W, 3, C]
  return {qkv.const_data_ptr<T>(), qkv.stride(2), qkv.stride(3)};
}

float scale_of(const Shape& s) { return 1.0F / std::sqrt(static_cast<float>(s.head_width)); }

template <class T>
void forward_windows(const Shape& s, const Image<T>& image, const Extras& extras, int64_t begin,
                     int64_t end, T* result) {
  Head head(s);
  Place place(s);
  for (int64_t window = begin; window < end; ++window) {
    place.move_to(s, window);
    for (int64_t h = 0; h < s.heads; ++h) {
      const int64_t offset = h * s.head_width;
      head.gather(image.data, image.stride, offset, place, head.q, scale_of(s));
      head.gather_down(image.data, image.stride, offset + image.part, place, head.keys_down);
      head.gather(image.data, image.stride, offset + 2 * image.part, place, head.v);
      head.make_map(h, place, extras);
      multiply({head.map.data(), s.columns(), 1}, head.v.data(), head.out.data(), s.rows(),
               s.tokens(), s.lanes());
      if (!extras.kernel.empty()) {
        const float* taps = extras.kernel.data() + h * 9 * s.lanes();
        const float* offsets = extras.kernel_bias.data() + h * s.lanes();
        for (int64_t i = 0; i < s.tokens(); ++i) {
          for (int64_t c = 0; c < s.lanes(); ++c) head.out[i * s.lanes() + c] += offsets[c];
        }
        each_tap(s.windows, [&](int64_t i, int64_t j, int64_t tap) {
          for (int64_t c = 0; c < s.lanes(); c += kLane) {
            add_scaled(head.v.data() + j * s.lanes() + c, taps + tap * s.lanes() + c,
                       head.out.data() + i * s.lanes() + c);
          }
        });
      }
      head.scatter(head.out, result, s.channels, offset, place);
    }
  }
}

// Gradients of the extras: one copy a share of the windows, added in order, so that equal thread
// counts give equal bits.
struct ExtraGradients {
  std::vector<float> bias, kernel, kernel_bias;

  ExtraGradients(const Shape& s, const Extras& extras)
      : bias(extras.bias == nullptr ? 0 : s.heads * s.tokens() * s.tokens()),
        kernel(extras.kernel.size()),
        kernel_bias(extras.kernel_bias.size()) {}
};

template <class T>
class BackwardWindows {
 public:
  BackwardWindows(const Shape& s, const Image<T>& image, const Extras& extras, const T* slope,
                  T* result)
      : s_(s), image_(image), extras_(extras), slope_(slope), result_(result) {}

  void run(int64_t begin, int64_t end, ExtraGradients& sums) const {
    Head head(s_);
    Place place(s_);
    Buffer slope(s_.columns() * s_.lanes());
    Buffer values_down(s_.lanes() * s_.columns());
    Buffer map_slope(s_.rows() * s_.columns());
    Buffer dk(s_.columns() * s_.lanes());
    Buffer dv(s_.columns() * s_.lanes());
    for (int64_t window = begin; window < end; ++window) {
      place.move_to(s_, window);
      for (int64_t h = 0; h < s_.heads; ++h) {
        const int64_t offset = h * s_.head_width;
        head.gather(image_.data, image_.stride, offset, place, head.q, scale_of(s_));
        head.gather(image_.data, image_.stride, offset + image_.part, place, head.k);
        head.gather_down(image_.data, image_.stride, offset + image_.part, place, head.keys_down);
        head.gather(image_.data, image_.stride, offset + 2 * image_.part, place, head.v);
        head.gather(slope_, s_.channels, offset, place, slope);
        head.make_map(h, place, extras_);
        const int64_t rows = s_.rows(), columns = s_.columns(), lanes = s_.lanes();
        head.gather_down(image_.data, image_.stride, offset + 2 * image_.part, place, values_down);
        multiply({slope.data(), lanes, 1}, values_down.data(), map_slope.data(), rows,
                 s_.head_width, columns);
        multiply({head.map.data(), 1, columns}, slope.data(), dv.data(), rows, s_.tokens(), lanes);
        if (!extras_.kernel.empty()) add_kernel(h, head.v, slope, dv, sums);
        through_softmax(head.map.data(), map_slope.data(), rows, columns);
        if (extras_.bias != nullptr) add_bias(h, map_slope, sums);
        multiply({map_slope.data(), columns, 1}, head.k.data(), head.out.data(), rows, s_.tokens(),
                 lanes);
        multiply({map_slope.data(), 1, columns}, head.q.data(), dk.data(), rows, s_.tokens(),
                 lanes);
        const int64_t stride = 3 * s_.channels;
        head.scatter(head.out, result_, stride, offset, place, scale_of(s_));
        head.scatter(dk, result_, stride, offset + s_.channels, place);  // q was scaled
        head.scatter(dv, result_, stride, offset + 2 * s_.channels, place);
      }
    }
  }

 private:
  void add_bias(int64_t head, const Buffer& map_slope, ExtraGradients& sums) const {
    const int64_t n = s_.tokens();
    for (int64_t i = 0; i < n; ++i) {
      float* to = sums.bias.data() + (head * n + i) * n;
      const float* from = map_slope.data() + i * s_.columns();
      for (int64_t j = 0; j < n; ++j) to[j] += from[j];
    }
  }

  void add_kernel(int64_t head, const Buffer& v, const Buffer& slope, Buffer& dv,
                  ExtraGradients& sums) const {
    const int64_t lanes = s_.lanes();
    const float* taps = extras_.kernel.data() + head * 9 * lanes;
    float* tap_sums = sums.kernel.data() + head * 9 * lanes;
    float* offset_sums = sums.kernel_bias.data() + head * lanes;
    for (int64_t i = 0; i < s_.tokens(); ++i) {
      for (int64_t c = 0; c < lanes; ++c) offset_sums[c] += slope[i * lanes + c];
    }
    each_tap(s_.windows, [&](int64_t i, int64_t j, int64_t tap) {
      for (int64_t c = 0; c < lanes; c += kLane) {
        const float* from = slope.data() + i * lanes + c;
        add_scaled(from, taps + tap * lanes + c, dv.data() + j * lanes + c);
        add_scaled(from, v.data() + j * lanes + c, tap_sums + tap * lanes + c);
      }
    });
  }

  const Shape& s_;
  const Image<T>& image_;
  const Extras& extras_;
  const T* slope_;
  T* result_;
};

Shape shape_of(const at::Tensor& qkv, int64_t heads, const Windows& windows) {
  return {qkv.size(0), qkv.size(1), qkv.size(2), heads, qkv.size(4) / heads, qkv.size(4), windows};
}

// [B, H, W, 3, C] whose pixels lie one after another at equal distances
bool is_regular(const at::Tensor& qkv) {
  return qkv.stride(4) == 1 && qkv.stride(1) == qkv.size(2) * qkv.stride(2) &&
         qkv.stride(0) == qkv.size(1) * qkv.stride(1);
}

at::Tensor as_read(const at::Tensor& t) {
  return t.defined() ? t.detach().to(at::kFloat).contiguous() : t;
}

struct Arguments {
  int64_t heads;
  Windows windows;
  at::Tensor bias, kernel, kernel_bias;
};

template <class T>
at::Tensor forward_typed(const at::Tensor& qkv, const Arguments& a) {
  const Shape s = shape_of(qkv, a.heads, a.windows);
  auto result = at::empty({s.batch, s.height, s.width, s.channels}, qkv.options());
  const Extras extras(s, a.bias, a.kernel, a.kernel_bias);
  const auto image = image_of<T>(qkv);
  T* out = result.mutable_data_ptr<T>();
  parallel_for(0, s.count(), 1, [&](int64_t begin, int64_t end) {
    forward_windows(s, image, extras, begin, end, out);
  });
  return result;
}

// The sums of all shares, in the layout of the parameters.
at::Tensor kernel_gradient(const Shape& s, const std::vector<float>& sums, int64_t taps) {
  auto result = at::empty({s.channels, taps}, at::kFloat);
  auto* to = result.mutable_data_ptr<float>();
  for (int64_t c = 0; c < s.channels; ++c) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      to[c * taps + tap] = sums[(c / s.head_width * taps + tap) * s.lanes() + c % s.head_width];
    }
  }
  return result;
}

void add_to(std::vector<float>& sums, const std::vector<float>& share) {
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += share[i];
}

template <class T>
torch::autograd::variable_list backward_typed(const at::Tensor& qkv, const at::Tensor& slope,
                                              const Arguments& a) {
  const Shape s = shape_of(qkv, a.heads, a.windows);
  const auto result = at::empty(qkv.sizes(), qkv.options());
  const Extras extras(s, a.bias, a.kernel, a.kernel_bias);
  const auto image = image_of<T>(qkv);
  const BackwardWindows<T> windows(s, image, extras, slope.const_data_ptr<T>(),
                                   result.mutable_data_ptr<T>());
  const int64_t shares = std::min<int64_t>(at::get_num_threads(), s.count());
  std::vector<ExtraGradients> sums(shares, ExtraGradients(s, extras));
  parallel_for(0, shares, 1, [&](int64_t begin, int64_t end) {
    for (int64_t share = begin; share < end; ++share) {
      windows.run(s.count() * share / shares, s.count() * (share + 1) / shares, sums[share]);
    }
  });
  for (int64_t share = 1; share < shares; ++share) {
    add_to(sums[0].bias, sums[share].bias);
    add_to(sums[0].kernel, sums[share].kernel);
    add_to(sums[0].kernel_bias, sums[share].kernel_bias);
  }
  torch::autograd::variable_list grads = {result, {}, {}, {}};
  if (a.bias.defined()) grads[1] = at::tensor(sums[0].bias).view_as(a.bias);
  if (a.kernel.defined()) {
    grads[2] = kernel_gradient(s, sums[0].kernel, 9).view_as(a.kernel);
    grads[3] = kernel_gradient(s, sums[0].kernel_bias, 1).view_as(a.kernel_bias);
  }
  return grads;
}

class Attend : public torch::autograd::Function<Attend> {
 public:
  using Optional = std::optional<at::Tensor>;

  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input,
                            int64_t heads, int64_t height, int64_t width, int64_t shift,
                            bool masked, const Optional& bias, const Optional& kernel,
                            const Optional& kernel_bias) {
    RECORD_FUNCTION("hyperlift::window_attention",
                    std::vector<c10::IValue>({input, height * width}));
    const auto qkv = is_regular(input) ? input : input.contiguous();
    const Arguments arguments{heads,
                              {height, width, shift, masked},
                              as_read(bias.value_or(at::Tensor())),
                              as_read(kernel.value_or(at::Tensor())),
                              as_read(kernel_bias.value_or(at::Tensor()))};
    context->save_for_backward({qkv, arguments.bias, arguments.kernel, arguments.kernel_bias});
    context->saved_data["windows"] =
        std::vector<int64_t>{heads, height, width, shift, masked ? 1 : 0};
    if (qkv.scalar_type() == at::kBFloat16) return forward_typed<at::BFloat16>(qkv, arguments);
    return forward_typed<float>(qkv, arguments);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto saved = context->get_saved_variables();
    const auto n = context->saved_data["windows"].toIntVector();
    const auto& qkv = saved[0];
    const Arguments arguments{n[0], {n[1], n[2], n[3], n[4] != 0}, saved[1], saved[2], saved[3]};
    RECORD_FUNCTION("hyperlift::window_attention_backward",
                    std::vector<c10::IValue>({qkv, n[1] * n[2]}));
    const auto slope = grads[0].to(qkv.scalar_type()).contiguous();
    const auto found = qkv.scalar_type() == at::kBFloat16
                           ? backward_typed<at::BFloat16>(qkv, slope, arguments)
                           : backward_typed<float>(qkv, slope, arguments);
    return {found[0], {}, {}, {}, {}, {}, found[1], found[2], found[3]};
  }
};

}  // namespace

at::Tensor window_attention(const at::Tensor& qkv, int64_t heads, const Windows& windows,
                            const WindowPositions& positions) {
  const bool ours =
      qkv.is_cpu() && (qkv.scalar_type() == at::kFloat || qkv.scalar_type() == at::kBFloat16);
  if (!ours) return window_attention_by_parts(qkv, heads, windows, positions);
  const auto optional = [](const at::Tensor& t) {
    return t.defined() ? std::optional(t) : std::nullopt;
  };
  return Attend::apply(qkv, heads, windows.height, windows.width, windows.shift, windows.masked,
                       optional(positions.bias), optional(positions.kernel),
                       optional(positions.kernel_bias));
}

}  // namespace hyperlift
