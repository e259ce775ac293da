#include "ops/pixel_attention.h"

#include "core/observers.h"
#include "core/pool.h"
#include "ops/vector_clones.h"

#include <cmath>

namespace hyperlift {

namespace {

constexpr int kHeads = 3;
constexpr int kLane = 16;
constexpr float kEps = 1e-12F;  // least norm, as the reference's

using Vector = float __attribute__((vector_size(64), aligned(4)));
using Integers = int32_t __attribute__((vector_size(64), aligned(4)));

#define HYPERLIFT_INLINE inline __attribute__((always_inline))

HYPERLIFT_INLINE float sum(const Vector& v) {
  float s[8];
  for (int i = 0; i < 8; ++i) s[i] = v[i] + v[i + 8];
  for (int i = 0; i < 4; ++i) s[i] += s[i + 4];
  return (s[0] + s[2]) + (s[1] + s[3]);
}

// x becomes e^x, for the small x of products of unit vectors, to 2e-7: 2^whole times a polynomial.
HYPERLIFT_INLINE void exponential(Vector& x) {
  // positive, so the conversion rounds down
  const Integers whole = __builtin_convertvector(x * 1.44269504F + 64.5F, Integers) - 64;
  const Vector rest = x - __builtin_convertvector(whole, Vector) * 0.693147181F;
  Vector p = rest * (1.0F / 720) + (1.0F / 120);
  p = p * rest + (1.0F / 24);
  p = p * rest + (1.0F / 6);
  p = p * rest + 0.5F;
  p = p * rest + 1.0F;
  p = p * rest + 1.0F;
  const Integers power = (whole + 127) << 23;
  x = p * __builtin_bit_cast(Vector, power);
}

// Three rows of d numbers, in `L` vectors each.
template <int L>
struct Rows {
  Vector at[kHeads][L];

  HYPERLIFT_INLINE void clear() {
    for (auto& row : at) {
      for (auto& part : row) part = Vector{};
    }
  }
  HYPERLIFT_INLINE float dot(int row, const Rows& other, int other_row) const {
    Vector s = at[row][0] * other.at[other_row][0];
    for (int l = 1; l < L; ++l) s += at[row][l] * other.at[other_row][l];
    return sum(s);
  }
};

struct Small {
  float at[kHeads][kHeads];
};

// weights rows
template <int L>
HYPERLIFT_INLINE void mix(const Small& weights, const Rows<L>& rows, Rows<L>& out) {
  for (int h = 0; h < kHeads; ++h) {
    for (int l = 0; l < L; ++l) {
      out.at[h][l] = rows.at[0][l] * weights.at[h][0] + rows.at[1][l] * weights.at[h][1] +
                     rows.at[2][l] * weights.at[h][2];
    }
  }
}

// Where the numbers of a pixel lie: those of one head in a row (`step` 1), or spread.
struct Place {
  int64_t head;
  int64_t step;
};

template <int L>
HYPERLIFT_INLINE void load(const float* from, const Place& place, int d, Rows<L>& rows) {
  if (place.step == 1 && d == L * kLane) {
    for (int h = 0; h < kHeads; ++h) {
      for (int l = 0; l < L; ++l) {
        rows.at[h][l] = *reinterpret_cast<const Vector*>(from + h * place.head + l * kLane);
      }
    }
    return;
  }
  rows.clear();
  for (int h = 0; h < kHeads; ++h) {
    auto* to = reinterpret_cast<float*>(rows.at[h]);
    for (int j = 0; j < d; ++j) to[j] = from[h * place.head + j * place.step];
  }
}

template <int L>
HYPERLIFT_INLINE void store(const Rows<L>& rows, const Place& place, int d, float* out) {
  for (int h = 0; h < kHeads; ++h) {
    const auto* from = reinterpret_cast<const float*>(rows.at[h]);
    for (int j = 0; j < d; ++j) out[h * place.head + j * place.step] = from[j];
  }
}

// What forward and backward share of one pixel.
template <int L>
struct Pixel {
  Rows<L> q, k, v;  // unit rows q and k; v as it is
  Rows<L> unit_v;   // v over its norms
  float norm_q[kHeads];
  float norm_k[kHeads];
  float norm_v[kHeads];
  Small weights;             // M
  Rows<L> mixed_q, mixed_k;  // M q, M k
  Vector tail[L];            // 1 for the channels there are, 0 behind them

  HYPERLIFT_INLINE void unit(Rows<L>& rows, float* norms) {
    for (int h = 0; h < kHeads; ++h) {
      norms[h] = std::max(std::sqrt(rows.dot(h, rows, h)), kEps);
      const float inverse = 1.0F / norms[h];
      for (int l = 0; l < L; ++l) rows.at[h][l] *= inverse;
    }
  }

  HYPERLIFT_INLINE void prepare(const float* qkv, int d) {
    const Place place{d, 1};
    load(qkv, place, d, q);
    load(qkv + kHeads * d, place, d, k);
    load(qkv + 2 * kHeads * d, place, d, v);
    unit_v = v;
    unit(q, norm_q);
    unit(k, norm_k);
    unit(unit_v, norm_v);
    for (int h = 0; h < kHeads; ++h) {
      float total = 0;
      for (int g = 0; g < kHeads; ++g) {
        weights.at[h][g] = std::exp(unit_v.dot(h, unit_v, g));
        total += weights.at[h][g];
      }
      for (int g = 0; g < kHeads; ++g) weights.at[h][g] /= total;
    }
    mix(weights, q, mixed_q);
    mix(weights, k, mixed_k);
  }

  // Row i of S: softmax over j of sum_h mixed_k[h][i] mixed_q[h][j].
  HYPERLIFT_INLINE void softmax_row(const float* key, Vector* row) const {
    Vector total{};
    for (int l = 0; l < L; ++l) {
      row[l] = mixed_q.at[0][l] * key[0] + mixed_q.at[1][l] * key[1] + mixed_q.at[2][l] * key[2];
      exponential(row[l]);
      row[l] *= tail[l];
      total += row[l];
    }
    const float inverse = 1.0F / sum(total);
    for (int l = 0; l < L; ++l) row[l] *= inverse;
  }
};

template <int L>
HYPERLIFT_INLINE void set_tail(Pixel<L>& pixel, int d) {
  for (int j = 0; j < L * kLane; ++j) pixel.tail[j / kLane][j % kLane] = j < d ? 1.0F : 0.0F;
}

// Number i of each head's row.
template <int L>
HYPERLIFT_INLINE void column(const Rows<L>& rows, int i, float* out) {
  for (int h = 0; h < kHeads; ++h) out[h] = reinterpret_cast<const float*>(rows.at[h])[i];
}

struct Span {
  int64_t begin;
  int64_t end;
  int d;
  Place place;         // of the result's numbers within a pixel
  int64_t pixel_step;  // from one pixel of the result to the next
};

template <int L>
HYPERLIFT_INLINE void forward_pixels(const float* qkv, const Span& span, float* out) {
  Pixel<L> pixel;
  set_tail(pixel, span.d);
  for (int64_t n = span.begin; n < span.end; ++n) {
    pixel.prepare(qkv + n * 3 * kHeads * span.d, span.d);
    Rows<L> result;
    result.clear();
    for (int i = 0; i < span.d; ++i) {
      float key[kHeads];
      float value[kHeads];
      column(pixel.mixed_k, i, key);
      column(pixel.v, i, value);
      Vector row[L];
      pixel.softmax_row(key, row);
      for (int h = 0; h < kHeads; ++h) {
        for (int l = 0; l < L; ++l) result.at[h][l] += row[l] * value[h];
      }
    }
    store(result, span.place, span.d, out + n * span.pixel_step);
  }
}

// The gradient through rows / |rows|, added where `grad` already holds something.
template <int L>
HYPERLIFT_INLINE void through_norm(const Rows<L>& unit, const float* norms, Rows<L>& grad) {
  for (int h = 0; h < kHeads; ++h) {
    const float along = norms[h] > kEps ? unit.dot(h, grad, h) : 0.0F;
    const float inverse = 1.0F / norms[h];
    for (int l = 0; l < L; ++l) {
      grad.at[h][l] = (grad.at[h][l] - unit.at[h][l] * along) * inverse;
    }
  }
}

// Gradients of mixed_q, mixed_k and v, row by row of S.
template <int L>
HYPERLIFT_INLINE void backward_rows(const Pixel<L>& pixel, const Rows<L>& go, int d,
                                    Rows<L>& mixed_q, Rows<L>& mixed_k, Rows<L>& v) {
  for (int i = 0; i < d; ++i) {
    float key[kHeads];
    float value[kHeads];
    column(pixel.mixed_k, i, key);
    column(pixel.v, i, value);
    Vector row[L];
    pixel.softmax_row(key, row);
    float along = 0;  // sum_j S_ij dS_ij
    for (int h = 0; h < kHeads; ++h) {
      Vector s = row[0] * go.at[h][0];
      for (int l = 1; l < L; ++l) s += row[l] * go.at[h][l];
      const float dv = sum(s);
      reinterpret_cast<float*>(v.at[h])[i] = dv;
      along += value[h] * dv;
    }
    Vector change[L];  // of the logits
    for (int l = 0; l < L; ++l) {
      change[l] = row[l] * (go.at[0][l] * value[0] + go.at[1][l] * value[1] +
                            go.at[2][l] * value[2] - along);
    }
    for (int h = 0; h < kHeads; ++h) {
      Vector s = change[0] * pixel.mixed_q.at[h][0];
      for (int l = 1; l < L; ++l) s += change[l] * pixel.mixed_q.at[h][l];
      reinterpret_cast<float*>(mixed_k.at[h])[i] = sum(s);
      for (int l = 0; l < L; ++l) mixed_q.at[h][l] += change[l] * key[h];
    }
  }
}

// Gradient of v v^T, both ways, from those of M q and M k.
template <int L>
HYPERLIFT_INLINE Small backward_weights(const Pixel<L>& pixel, const Rows<L>& mixed_q,
                                        const Rows<L>& mixed_k) {
  Small grad;
  for (int h = 0; h < kHeads; ++h) {
    float along = 0;
    for (int g = 0; g < kHeads; ++g) {
      grad.at[h][g] = mixed_q.dot(h, pixel.q, g) + mixed_k.dot(h, pixel.k, g);
      along += grad.at[h][g] * pixel.weights.at[h][g];
    }
    for (int g = 0; g < kHeads; ++g) {
      grad.at[h][g] = (grad.at[h][g] - along) * pixel.weights.at[h][g];
    }
  }
  Small both;
  for (int h = 0; h < kHeads; ++h) {
    for (int g = 0; g < kHeads; ++g) both.at[h][g] = grad.at[h][g] + grad.at[g][h];
  }
  return both;
}

template <int L>
HYPERLIFT_INLINE void backward_pixels(const float* qkv, const float* grad_out, const Span& span,
                                      float* grad) {
  Pixel<L> pixel;
  set_tail(pixel, span.d);
  const int d = span.d;
  const Place place{d, 1};
  for (int64_t n = span.begin; n < span.end; ++n) {
    pixel.prepare(qkv + n * 3 * kHeads * d, d);
    Rows<L> go;
    load(grad_out + n * span.pixel_step, span.place, d, go);
    Rows<L> mixed_q;
    Rows<L> mixed_k;
    Rows<L> v;
    mixed_q.clear();
    mixed_k.clear();
    v.clear();
    backward_rows(pixel, go, d, mixed_q, mixed_k, v);
    const Small products = backward_weights(pixel, mixed_q, mixed_k);
    Small transposed;
    for (int h = 0; h < kHeads; ++h) {
      for (int g = 0; g < kHeads; ++g) transposed.at[h][g] = pixel.weights.at[g][h];
    }
    Rows<L> q;
    Rows<L> k;
    Rows<L> unit_v;
    mix(transposed, mixed_q, q);
    mix(transposed, mixed_k, k);
    mix(products, pixel.unit_v, unit_v);
    through_norm(pixel.q, pixel.norm_q, q);
    through_norm(pixel.k, pixel.norm_k, k);
    through_norm(pixel.unit_v, pixel.norm_v, unit_v);
    for (int h = 0; h < kHeads; ++h) {
      for (int l = 0; l < L; ++l) v.at[h][l] += unit_v.at[h][l];
    }
    float* to = grad + n * 3 * kHeads * d;
    store(q, place, d, to);
    store(k, place, d, to + kHeads * d);
    store(v, place, d, to + 2 * kHeads * d);
  }
}

HYPERLIFT_CLONES void forward_1(const float* x, const Span& span, float* y) {
  forward_pixels<1>(x, span, y);
}
HYPERLIFT_CLONES void forward_2(const float* x, const Span& span, float* y) {
  forward_pixels<2>(x, span, y);
}
HYPERLIFT_CLONES void forward_4(const float* x, const Span& span, float* y) {
  forward_pixels<4>(x, span, y);
}
HYPERLIFT_CLONES void backward_1(const float* x, const float* g, const Span& span, float* y) {
  backward_pixels<1>(x, g, span, y);
}
HYPERLIFT_CLONES void backward_2(const float* x, const float* g, const Span& span, float* y) {
  backward_pixels<2>(x, g, span, y);
}
HYPERLIFT_CLONES void backward_4(const float* x, const float* g, const Span& span, float* y) {
  backward_pixels<4>(x, g, span, y);
}

constexpr int64_t kWidest = 4 * kLane;  // channels of a head that the kernel takes

bool serves(const at::Tensor& qkv) {
  return qkv.is_cpu() && qkv.scalar_type() == at::kFloat && qkv.size(2) <= 3 * kHeads * kWidest;
}

Span span_of(const at::Tensor& qkv, PixelOrder order) {
  const int64_t d = qkv.size(2) / (3 * kHeads);
  if (order == PixelOrder::pixels) {
    return {0, 0, static_cast<int>(d), {d, 1}, kHeads * d};
  }
  return {0, 0, static_cast<int>(d), {1, qkv.size(1) * kHeads}, kHeads};
}

// Runs work(batch item, span of pixels) on all threads.
template <class Work>
void over_pixels(const at::Tensor& qkv, PixelOrder order, Work work) {
  const Span whole = span_of(qkv, order);
  const int64_t pixels = qkv.size(1);
  parallel_for(0, qkv.size(0) * pixels, 256, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end;) {
      const int64_t item = at / pixels;
      const int64_t until = std::min(end, (item + 1) * pixels);
      Span span = whole;
      span.begin = at - item * pixels;
      span.end = until - item * pixels;
      work(item, span);
      at = until;
    }
  });
}

at::Tensor forward_cpu(const at::Tensor& qkv, PixelOrder order) {
  const int64_t width = qkv.size(2) / 3;
  auto out = at::empty({qkv.size(0), qkv.size(1), width}, qkv.options());
  const auto* from = qkv.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  const int64_t pixels = qkv.size(1);
  over_pixels(qkv, order, [&](int64_t item, const Span& span) {
    const auto* x = from + item * pixels * 3 * width;
    auto* y = to + item * pixels * width;
    if (span.d <= kLane) return forward_1(x, span, y);
    if (span.d <= 2 * kLane) return forward_2(x, span, y);
    forward_4(x, span, y);
  });
  return out;
}

at::Tensor backward_cpu(const at::Tensor& qkv, const at::Tensor& grad_out, PixelOrder order) {
  const int64_t width = qkv.size(2) / 3;
  auto grad = at::empty_like(qkv);
  const auto* from = qkv.const_data_ptr<float>();
  const auto* outer = grad_out.const_data_ptr<float>();
  auto* to = grad.mutable_data_ptr<float>();
  const int64_t pixels = qkv.size(1);
  over_pixels(qkv, order, [&](int64_t item, const Span& span) {
    const int64_t offset = item * pixels * width;
    const auto* x = from + 3 * offset;
    if (span.d <= kLane) return backward_1(x, outer + offset, span, to + 3 * offset);
    if (span.d <= 2 * kLane) return backward_2(x, outer + offset, span, to + 3 * offset);
    backward_4(x, outer + offset, span, to + 3 * offset);
  });
  return grad;
}

class PixelAttention : public torch::autograd::Function<PixelAttention> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& qkv,
                            bool published) {
    RECORD_FUNCTION("hyperlift::pixel_attention", std::vector<c10::IValue>({qkv}));
    const auto rows = qkv.contiguous();
    context->save_for_backward({rows});
    context->saved_data["published"] = published;
    return forward_cpu(rows, published ? PixelOrder::published : PixelOrder::pixels);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const bool published = context->saved_data["published"].toBool();
    const auto qkv = context->get_saved_variables()[0];
    const auto grad = backward_cpu(qkv, grads[0].to(at::kFloat).contiguous(),
                                   published ? PixelOrder::published : PixelOrder::pixels);
    return {grad, at::Tensor()};
  }
};

// The same by operations of LibTorch.
at::Tensor by_operations(const at::Tensor& qkv, PixelOrder order) {
  const auto parts = qkv.unflatten(2, {3, kHeads, -1}).unbind(2);  // 3 of [B, N, heads, d]
  const auto unit = [](const at::Tensor& t) {
    return t / at::linalg_vector_norm(t, 2, at::IntArrayRef{-1}, /*keepdim=*/true).clamp_min(kEps);
  };
  const auto v = unit(parts[2]);
  const auto weights = at::softmax(v.matmul(v.mT()), -1);  // [B, N, heads, heads]
  const auto map = weights.matmul(unit(parts[1])).mT().matmul(weights.matmul(unit(parts[0])));
  const auto out = parts[2].matmul(at::softmax(map, -1));  // [B, N, heads, d]
  if (order == PixelOrder::pixels) return out.flatten(2);
  return out.permute({0, 3, 1, 2}).reshape({qkv.size(0), qkv.size(1), -1});
}

}  // namespace

at::Tensor pixel_attention(const at::Tensor& qkv, PixelOrder order) {
  const auto wide = qkv.scalar_type() == at::kBFloat16 ? qkv.to(at::kFloat) : qkv;
  if (serves(wide)) return PixelAttention::apply(wide, order == PixelOrder::published);
  return by_operations(wide, order);
}

}  // namespace hyperlift
