// Products, convolutions, pooling, resampling, padding and normalisation: what networks are made
// of.
#include "core/dtype.h"
#include "ops/imresize.h"
#include "ops/op.h"

namespace hyperlift {

namespace {

namespace F = torch::nn::functional;

void expect_rank(const char* op, const char* what, const at::Tensor& x, int64_t rank,
                 const char* letters) {
  if (x.dim() == rank) return;
  fail("TENSOR_SHAPE", op, ": found ", what, " of ", describe(x), ", expected ", letters);
}

void expect_one_dtype(const char* op, const Tensors& x) {
  for (const auto& other : x) {
    if (other.scalar_type() != x[0].scalar_type()) {
      fail("TENSOR_DTYPE", op, ": found ", describe(x), ", expected one dtype: convert with to()");
    }
  }
}

at::Tensor matmul(const Tensors& x) {
  expect_one_dtype("matmul", x);
  return at::matmul(x[0], x[1]);
}

at::Tensor linear(const Tensors& x) {
  expect_one_dtype("linear", x);
  expect_rank("linear", "weight", x[1], 2, "[out, in]");
  return at::linear(x[0], x[1], x.size() > 2 ? std::optional(x[2]) : std::nullopt);
}

// padding: pixels, [height, width], 'same' (stride 1) or 'valid'.
at::Tensor conv2d(const Tensors& x, const Parameters& p) {
  expect_one_dtype("conv2d", x);
  expect_rank("conv2d", "an input", x[0], 4, "[batch, channels, height, width]");
  expect_rank("conv2d", "a weight", x[1], 4, "[out, channels / groups, height, width]");
  const int64_t groups = p.integer("groups", 1);
  if (groups < 1 || x[0].size(1) != x[1].size(1) * groups || x[1].size(0) % groups != 0) {
    fail("TENSOR_SHAPE", "conv2d: found an input of ", x[0].size(1), " channels, a weight of ",
         x[1].sizes(), " and ", groups,
         " groups, expected a weight of [out, channels / groups, height, width]");
  }
  const auto bias = x.size() > 2 ? std::optional(x[2]) : std::nullopt;
  const auto stride = p.pair("stride", 1);
  const auto dilation = p.pair("dilation", 1);
  if (p.has("paddingMode")) {
    return at::conv2d(x[0], x[1], bias, stride, p.text("paddingMode"), dilation, groups);
  }
  return at::conv2d(x[0], x[1], bias, stride, p.pair("padding", 0), dilation, groups);
}

at::Tensor conv_transpose2d(const Tensors& x, const Parameters& p) {
  expect_one_dtype("convTranspose2d", x);
  expect_rank("convTranspose2d", "an input", x[0], 4, "[batch, channels, height, width]");
  expect_rank("convTranspose2d", "a weight", x[1], 4, "[channels, out / groups, height, width]");
  return at::conv_transpose2d(x[0], x[1], x.size() > 2 ? std::optional(x[2]) : std::nullopt,
                              p.pair("stride", 1), p.pair("padding", 0), p.pair("outputPadding", 0),
                              p.integer("groups", 1), p.pair("dilation", 1));
}

// From the LibTorch names to its tags.
F::InterpolateFuncOptions::mode_t interpolation(const std::string& mode) {
  if (mode == "nearest") return torch::kNearest;
  if (mode == "bilinear") return torch::kBilinear;
  if (mode == "bicubic") return torch::kBicubic;
  if (mode == "area") return torch::kArea;
  fail("TENSOR_PARAMETER", "mode: found '", mode, "', expected nearest, bilinear, bicubic or area");
}

at::Tensor interpolate(const at::Tensor& x, const Parameters& p) {
  expect_rank("interpolate", "an input", x, 4, "[batch, channels, height, width]");
  const auto mode = p.text("mode", "bilinear");
  auto options = F::InterpolateFuncOptions().mode(interpolation(mode));
  if (mode == "bilinear" || mode == "bicubic") {
    options = options.align_corners(p.boolean("alignCorners", false))
                  .antialias(p.boolean("antialias", false));
  }
  if (p.has("size") == p.has("scale")) {
    fail("TENSOR_PARAMETER", "expected either size or scale");
  }
  if (p.has("size")) {
    options = options.size(p.pair("size", 0));
  } else {
    const double scale = p.number("scale");
    if (!(scale > 0)) fail("TENSOR_PARAMETER", "scale: found ", scale, ", expected more than 0");
    options = options.scale_factor(std::vector<double>{scale, scale});
  }
  return F::interpolate(x, options);
}

at::Tensor resize(const at::Tensor& x, const Parameters& p) {
  if (x.dim() < 2 || x.numel() == 0) {
    fail("TENSOR_SHAPE", "imresize: found ", describe(x), ", expected [..., height, width]");
  }
  const auto style = p.text("style", "matlab");
  if (style != "matlab" && style != "pillow") {
    fail("TENSOR_PARAMETER", "style: found '", style, "', expected matlab or pillow");
  }
  if (p.has("size") == p.has("scale")) {
    fail("TENSOR_PARAMETER", "expected either size or scale");
  }
  ResizeTarget target;
  const auto height = static_cast<double>(x.size(-2));
  const auto width = static_cast<double>(x.size(-1));
  if (p.has("size")) {
    const auto size = p.pair("size", 0);
    if (size[0] < 1 || size[1] < 1) {
      fail("TENSOR_PARAMETER", "size: found ", at::IntArrayRef(size), ", expected at least 1");
    }
    target = {size[0], size[1], static_cast<double>(size[0]) / height,
              static_cast<double>(size[1]) / width};
  } else {
    const double scale = p.number("scale");
    if (!(scale > 0) || !std::isfinite(scale)) {
      fail("TENSOR_PARAMETER", "scale: found ", scale, ", expected more than 0");
    }
    target = {static_cast<int64_t>(std::ceil(scale * height)),
              static_cast<int64_t>(std::ceil(scale * width)), scale, scale};
  }
  return imresize(x, target, style == "matlab" ? ResizeStyle::matlab : ResizeStyle::pillow);
}

at::Tensor layer_norm(const Tensors& x, const Parameters& p) {
  const auto weight = x.size() > 1 ? std::optional(x[1]) : std::nullopt;
  const auto bias = x.size() > 2 ? std::optional(x[2]) : std::nullopt;
  return at::layer_norm(x[0], p.integers("shape"), weight, bias, p.number("epsilon", 1e-5));
}

at::Tensor pad(const at::Tensor& x, const Parameters& p) {
  const double value = p.number("value", 0.0);
  const auto mode = p.text("mode", "constant");
  return at::pad(x, p.integers("pads"), mode,
                 mode == "constant" ? std::optional<double>(value) : std::nullopt);
}

at::Tensor avg_pool(const at::Tensor& x, const Parameters& p) {
  const auto kernel = p.pair("kernel", 1);
  return at::avg_pool2d(x, kernel, p.has("stride") ? p.pair("stride", 1) : kernel,
                        p.pair("padding", 0), false, true);
}

at::Tensor max_pool(const at::Tensor& x, const Parameters& p) {
  const auto kernel = p.pair("kernel", 1);
  return at::max_pool2d(x, kernel, p.has("stride") ? p.pair("stride", 1) : kernel,
                        p.pair("padding", 0));
}

constexpr const char* kImage = "an image [batch, channels, height, width] of a floating dtype";

const bool products = add_ops(
    OpKind::compute,
    {
        {"matmul", 2, "[..., n, k] and [..., k, m], leading dimensions broadcast, or vectors [k]",
         HYPERLIFT_OP(return matmul(x);)},
        {"linear", kAny, "[..., in], a weight [out, in] and at most a bias [out]",
         HYPERLIFT_OP(return linear(x);)},
        {"einsum", kAny, "tensors that fit the equation",
         HYPERLIFT_OP(return at::einsum(p.text("equation"), x);)},
        {"conv2d", kAny,
         "[batch, channels, height, width], a weight [out, channels / groups, height, width] no "
         "larger than the padded image, and at most a bias [out]",
         HYPERLIFT_OP(return conv2d(x, p);)},
        {"convTranspose2d", kAny,
         "[batch, channels, height, width], a weight [channels, out / groups, height, width] and "
         "at most a bias [out]",
         HYPERLIFT_OP(return conv_transpose2d(x, p);)},
    });

const bool layers = add_ops(
    OpKind::compute,
    {
        {"interpolate", 1, kImage, HYPERLIFT_OP(return interpolate(x[0], p);)},
        {"imresize", 1, "[..., height, width] of a floating dtype",
         HYPERLIFT_OP(return resize(x[0], p);), kFloating},
        {"pad", 1,
         "two counts a padded dimension, from the last dimension on; reflect: less than its size",
         HYPERLIFT_OP(return pad(x[0], p);)},
        {"avgPool2d", 1, kImage, HYPERLIFT_OP(return avg_pool(x[0], p);), kFloating},
        {"maxPool2d", 1, kImage, HYPERLIFT_OP(return max_pool(x[0], p);)},
        {"adaptiveAvgPool2d", 1, kImage,
         HYPERLIFT_OP(return at::adaptive_avg_pool2d(x[0], p.pair("size", 1));), kFloating},
        {"pixelShuffle", 1, "[batch, channels, height, width], channels a multiple of scale^2",
         HYPERLIFT_OP(return at::pixel_shuffle(x[0], p.integer("scale"));)},
        {"pixelUnshuffle", 1,
         "[batch, channels, height, width], height and width multiples of scale",
         HYPERLIFT_OP(return at::pixel_unshuffle(x[0], p.integer("scale"));)},
        {"softmax", 1, "a tensor of a floating dtype, and a dimension that it has",
         HYPERLIFT_OP(return at::softmax(x[0], p.integer("dim", -1));), kFloating},
        {"logSoftmax", 1, "a tensor of a floating dtype, and a dimension that it has",
         HYPERLIFT_OP(return at::log_softmax(x[0], p.integer("dim", -1));), kFloating},
        {"layerNorm", kAny, "[..., shape], and at most a weight and a bias of that shape",
         HYPERLIFT_OP(return layer_norm(x, p);), kFloating},
        {"normalize", 1, "a tensor of a floating dtype, and a dimension that it has",
         HYPERLIFT_OP(
             return F::normalize(x[0], F::NormalizeFuncOptions().dim(p.integer("dim", -1)));),
         kFloating},
    });

}  // namespace

}  // namespace hyperlift
