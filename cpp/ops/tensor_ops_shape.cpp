// Views (at once, sharing the values) and rearrangements (computed, new values).
#include "core/device.h"
#include "core/dtype.h"
#include "ops/op.h"

namespace hyperlift {

namespace {

constexpr const char* kDims = "dimensions that the tensor has (negative ones count from the end)";

at::Tensor slice(const at::Tensor& x, const Parameters& p) {
  const int64_t step = p.integer("step", 1);
  if (step < 1) fail("TENSOR_PARAMETER", "step: found ", step, ", expected 1 or more");
  const auto end = p.has("end") ? std::optional<int64_t>(p.integer("end")) : std::nullopt;
  return x.slice(p.integer("dim"), p.integer("start", 0), end, step);
}

at::Tensor squeeze(const at::Tensor& x, const Parameters& p) {
  return p.has("dim") ? x.squeeze(at::IntArrayRef(p.integers("dim"))) : x.squeeze();
}

Tensors split(const at::Tensor& x, const Parameters& p) {
  const auto sizes = p.integers("sizes");
  const int64_t dim = p.integer("dim", 0);
  return sizes.size() == 1 && !p.boolean("exact", false) ? x.split(sizes[0], dim)
                                                         : x.split_with_sizes(sizes, dim);
}

const bool views = add_ops(
    OpKind::view,
    {
        {"slice", 1, kDims, HYPERLIFT_OP(return slice(x[0], p);)},
        {"select", 1, "a dimension of the tensor and an index less than its size",
         HYPERLIFT_OP(return x[0].select(p.integer("dim"), p.integer("index"));)},
        {"permute", 1, "every dimension of the tensor once",
         HYPERLIFT_OP(return x[0].permute(p.integers("dims"));)},
        {"transpose", 1, kDims,
         HYPERLIFT_OP(return x[0].transpose(p.integer("first"), p.integer("second"));)},
        {"reshape", 1, "a shape with as many elements (one -1 stands for what is left)",
         HYPERLIFT_OP(return x[0].reshape(p.integers("shape"));)},
        {"view", 1,
         "a shape with as many elements that fits the tensor's strides (else use reshape)",
         HYPERLIFT_OP(return x[0].view(p.integers("shape"));)},
        {"squeeze", 1, kDims, HYPERLIFT_OP(return squeeze(x[0], p);)},
        {"unsqueeze", 1, kDims, HYPERLIFT_OP(return x[0].unsqueeze(p.integer("dim"));)},
        {"expand", 1, "a shape that only enlarges dimensions of size 1, or adds leading ones",
         HYPERLIFT_OP(return x[0].expand(p.integers("shape"));)},
        {"flatten", 1, kDims,
         HYPERLIFT_OP(return x[0].flatten(p.integer("start", 0), p.integer("end", -1));)},
        {"unflatten", 1, "sizes whose product is the size of the dimension",
         HYPERLIFT_OP(return x[0].unflatten(p.integer("dim"), p.integers("sizes"));)},
        {"diagonal", 1, kDims,
         HYPERLIFT_OP(return x[0].diagonal(p.integer("offset", 0), p.integer("first", -2),
                                           p.integer("second", -1));)},
        {"unfold", 1, "a dimension of the tensor, a window no larger than its size, and a step",
         HYPERLIFT_OP(
             return x[0].unfold(p.integer("dim"), p.integer("size"), p.integer("step", 1));)},
        {"split", 1, "sizes whose sum is the size of the dimension, or one size",
         HYPERLIFT_OP(return split(x[0], p);)},
        {"detach", 1, "a tensor", HYPERLIFT_OP(return x[0].detach();)},
    });

at::Tensor converted(const at::Tensor& x, const Parameters& p) {
  const auto dtype = p.has("dtype") ? dtype_of(p.text("dtype")) : x.scalar_type();
  const auto device = p.has("device") ? device_of(p.text("device")) : x.device();
  return x.to(device, dtype);
}

at::Tensor laid_out(const at::Tensor& x, const Parameters& p) {
  const auto format = p.text("format", "contiguous");
  if (format == "contiguous") return x.contiguous();
  if (format == "channels-last") return x.contiguous(at::MemoryFormat::ChannelsLast);
  fail("TENSOR_PARAMETER", "format: found '", format, "', expected contiguous or channels-last");
}

const bool rearrangements =
    add_ops(OpKind::compute,
            {
                {"cat", kAny, "tensors of equal sizes except along dim",
                 HYPERLIFT_OP(return at::cat(x, p.integer("dim", 0));)},
                {"stack", kAny, "tensors of one shape",
                 HYPERLIFT_OP(return at::stack(x, p.integer("dim", 0));)},
                {"repeat", 1, "a count for each dimension, leading ones added",
                 HYPERLIFT_OP(return x[0].repeat(p.integers("counts"));)},
                {"flip", 1, kDims, HYPERLIFT_OP(return at::flip(x[0], p.integers("dim"));)},
                {"roll", 1, kDims,
                 HYPERLIFT_OP(return at::roll(x[0], p.integers("shifts"), p.integers("dim"));)},
                {"rot90", 1, "a tensor of two dimensions or more",
                 HYPERLIFT_OP(
                     return at::rot90(x[0], p.integer("turns", 1), p.integers("dims", {-2, -1}));)},
                {"tril", 1, "a tensor of two dimensions or more",
                 HYPERLIFT_OP(return at::tril(x[0], p.integer("diagonal", 0));)},
                {"triu", 1, "a tensor of two dimensions or more",
                 HYPERLIFT_OP(return at::triu(x[0], p.integer("diagonal", 0));)},
                {"clone", 1, "a tensor", HYPERLIFT_OP(return x[0].clone();)},
                {"contiguous", 1, "a tensor (of four dimensions for channels-last)",
                 HYPERLIFT_OP(return laid_out(x[0], p);)},
                {"to", 1, "a tensor", HYPERLIFT_OP(return converted(x[0], p);)},
            });

}  // namespace

}  // namespace hyperlift
