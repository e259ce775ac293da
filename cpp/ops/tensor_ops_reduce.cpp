// Reductions, ordering and searching. `dim` absent means over everything.
#include "ops/op.h"

namespace hyperlift {

namespace {

constexpr const char* kReducible =
    "a tensor of a number dtype, and dimensions (dim) that it has, none of size 0";

// All dimensions when none is named.
std::vector<int64_t> dims_of(const at::Tensor& x, const Parameters& p) {
  if (p.has("dim")) return p.integers("dim");
  std::vector<int64_t> all(static_cast<size_t>(x.dim()));
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  return all;
}

bool keeps(const Parameters& p) { return p.boolean("keepDim", false); }

std::optional<int64_t> one_dim(const Parameters& p) {
  return p.has("dim") ? std::optional<int64_t>(p.integer("dim")) : std::nullopt;
}

at::Tensor product(const at::Tensor& x, const Parameters& p) {
  return p.has("dim") ? at::prod(x, p.integer("dim"), keeps(p)) : at::prod(x);
}

at::Tensor median(const at::Tensor& x, const Parameters& p) {
  return p.has("dim") ? std::get<0>(at::median(x, p.integer("dim"), keeps(p))) : at::median(x);
}

at::Tensor variance(const at::Tensor& x, const Parameters& p) {
  return at::var(x, dims_of(x, p), at::Scalar(p.number("correction", 1.0)), keeps(p));
}

at::Tensor deviation(const at::Tensor& x, const Parameters& p) {
  return at::std(x, dims_of(x, p), at::Scalar(p.number("correction", 1.0)), keeps(p));
}

const bool reductions = add_ops(
    OpKind::compute,
    {
        {"sum", 1, kReducible, HYPERLIFT_OP(return at::sum(x[0], dims_of(x[0], p), keeps(p));)},
        {"mean", 1, kReducible, HYPERLIFT_OP(return at::mean(x[0], dims_of(x[0], p), keeps(p));),
         kFloating},
        {"prod", 1, kReducible, HYPERLIFT_OP(return product(x[0], p);)},
        {"min", 1, kReducible, HYPERLIFT_OP(return at::amin(x[0], dims_of(x[0], p), keeps(p));)},
        {"max", 1, kReducible, HYPERLIFT_OP(return at::amax(x[0], dims_of(x[0], p), keeps(p));)},
        {"variance", 1, kReducible, HYPERLIFT_OP(return variance(x[0], p);), kFloating},
        {"std", 1, kReducible, HYPERLIFT_OP(return deviation(x[0], p);), kFloating},
        {"logSumExp", 1, kReducible,
         HYPERLIFT_OP(return at::logsumexp(x[0], dims_of(x[0], p), keeps(p));), kFloating},
        {"norm", 1, kReducible,
         HYPERLIFT_OP(return at::linalg_vector_norm(x[0], at::Scalar(p.number("order", 2.0)),
                                                    dims_of(x[0], p), keeps(p));),
         kFloating},
        {"median", 1, kReducible, HYPERLIFT_OP(return median(x[0], p);)},
        {"quantile", 1, "a float32 or float64 tensor, and 0 <= q <= 1",
         HYPERLIFT_OP(return at::quantile(x[0], p.number("q"), one_dim(p), keeps(p));), kFloating},
        {"all", 1, kReducible,
         HYPERLIFT_OP(return at::all(x[0].ne(0), dims_of(x[0], p), keeps(p));)},
        {"any", 1, kReducible,
         HYPERLIFT_OP(return at::any(x[0].ne(0), dims_of(x[0], p), keeps(p));)},
        {"argmax", 1, kReducible, HYPERLIFT_OP(return at::argmax(x[0], one_dim(p), keeps(p));)},
        {"argmin", 1, kReducible, HYPERLIFT_OP(return at::argmin(x[0], one_dim(p), keeps(p));)},
        {"cumsum", 1, kReducible, HYPERLIFT_OP(return at::cumsum(x[0], p.integer("dim"));)},
    });

const bool ordering =
    add_ops(OpKind::compute,
            {
                {"sort", 1, "a tensor of a number dtype, and a dimension that it has",
                 HYPERLIFT_OP(return at::sort(x[0], true, p.integer("dim", -1),
                                              p.boolean("descending", false));)},
                {"argsort", 1, "a tensor of a number dtype, and a dimension that it has",
                 HYPERLIFT_OP(return at::argsort(x[0], true, p.integer("dim", -1),
                                                 p.boolean("descending", false));)},
                {"topk", 1, "a tensor of a number dtype, and k no larger than the dimension",
                 HYPERLIFT_OP(return at::topk(x[0], p.integer("k"), p.integer("dim", -1),
                                              p.boolean("largest", true));)},
                {"unique", 1, "a tensor of a number dtype",
                 HYPERLIFT_OP(return std::get<0>(at::_unique2(x[0], true, false, false));)},
                {"nonzero", 1, "a tensor", HYPERLIFT_OP(return at::nonzero(x[0]);)},
                {"gather", 2,
                 "a tensor and int64 indices of the same rank, each less than the size along dim",
                 HYPERLIFT_OP(return at::gather(x[0], p.integer("dim"), x[1]);)},
                {"indexSelect", 2,
                 "a tensor and a row of int32 or int64 indices, less than the size along dim",
                 HYPERLIFT_OP(return at::index_select(x[0], p.integer("dim"), x[1]);)},
                {"maskedSelect", 2, "a tensor and a bool mask whose shapes broadcast",
                 HYPERLIFT_OP(return at::masked_select(x[0], x[1]);), kBroadcast},
            });

}  // namespace

}  // namespace hyperlift
