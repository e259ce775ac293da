// SST: transformer blocks that attend within windows first and between channels, over the whole
// image, after that.
//
// Paper: Li, Fu, Zhang, "Spatial-Spectral Transformer for Hyperspectral Image Denoising", AAAI
//   2023, arXiv 2211.14090.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/SST.py, SST;
//   first in MyuLi/SST@6d91baf, models/SST.py, with as many bands in as out and the input added.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
//   any size, where the reference takes multiples of 8. The constructor's qkv_bias, bias and
//   qk_scale are as by default.
#include "core/autocast.h"
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/mlp.h"
#include "nn/residual_group.h"
#include "ops/gram.h"
#include "ops/window_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::LayerNorm;
using torch::nn::Linear;

struct SSTOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 90;
  int64_t window = 8;
  std::vector<int64_t> depths = {6, 6, 6, 6, 6, 6};
  std::vector<int64_t> heads = {6, 6, 6, 6, 6, 6};
  int64_t mlp_ratio = 2;
  double drop_path = 0.1;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inp_channels", "bands of the input"});
    option(out_bands, {"outBands", "output_channels", "bands of the output"});
    option(width, {"width", "dim", "width of the features, a multiple of each number of heads"});
    option(window, {"window", "window_size", "side of a window: 2, 4 or 8"});
    option(depths, {"depths", "depths", "blocks of each group"});
    option(heads, {"heads", "num_heads", "heads of each group, of both attentions"});
    option(mlp_ratio,
           {"mlpRatio", "mlp_ratio", "width of the feed-forward layers by that of the features"});
    option(drop_path, {"dropPath", "drop_path_rate",
                       "part of the samples for which training leaves out a branch of the last "
                       "block; from 0 in the first"});
  }
};

// What the blocks of a group have in common.
struct BlockShape {
  int64_t width;
  int64_t heads;
  int64_t window;
  int64_t mlp_ratio;
  at::Tensor mask;  // of a 64 x 64 image
};

// NLSA: attention within a window, with a bias for each relative position.
class WindowAttentionImpl : public torch::nn::Module {
 public:
  WindowAttentionImpl(const BlockShape& shape, bool shifted)
      : heads_(shape.heads),
        windows_{.height = shape.window,
                 .width = shape.window,
                 .shift = shifted ? shape.window / 2 : 0,
                 .masked = true} {
    const int64_t reach = 2 * shape.window - 1;
    relative_position_bias_table =
        register_parameter("relative_position_bias_table", at::empty({reach * reach, heads_}));
    register_buffer("relative_position_index", relative_positions(shape.window));
    qkv = register_module("qkv", Linear(shape.width, 3 * shape.width));
    proj = register_module("proj", Linear(shape.width, shape.width));
    const torch::NoGradGuard no_grad;
    // The reference cuts at +-2, a hundred deviations out.
    relative_position_bias_table.normal_(0.0, 0.02);
  }

  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width) {  // [B, H*W, C]
    const auto all = qkv(x).unflatten(2, {3, -1}).unflatten(1, {height, width});
    const auto seen = window_attention(all, heads_, windows_, {.bias = bias()});
    return proj(seen.flatten(1, 2));
  }

 private:
  // In the checkpoint; bias() does without.
  static at::Tensor relative_positions(int64_t window) {
    const auto at = at::arange(window, at::kLong);
    const auto apart = at.unsqueeze(1) - at + window - 1;  // [w, w]
    const auto rows = apart.view({window, 1, window, 1});
    const auto columns = apart.view({1, window, 1, window});
    return (rows * (2 * window - 1) + columns).reshape({window * window, window * window});
  }

  // Element (i, j) of the bias lies at (row of i - row of j) and (column of i - column of j) of the
  // table: a view of it with j's rows and columns counted from the end.
  at::Tensor make_bias() const {
    const int64_t w = windows_.height;
    const int64_t down = (2 * w - 1) * heads_;
    return relative_position_bias_table.contiguous()
        .as_strided({heads_, w, w, w, w}, {1, down, heads_, down, heads_})
        .flip({3, 4})
        .reshape({heads_, w * w, w * w});
  }
  at::Tensor bias() {
    if (at::GradMode::is_enabled()) return make_bias();
    return bias_.get({relative_position_bias_table}, {}, [this] { return make_bias(); });
  }

  int64_t heads_;
  Windows windows_;
  at::Tensor relative_position_bias_table;  // [(2 w - 1)^2, heads]
  Linear qkv{nullptr};
  Linear proj{nullptr};
  Derived<at::Tensor> bias_;
};
TORCH_MODULE(WindowAttention);

// GSA: attention between the channels of a head over all pixels. As a matrix: all that its map
// needs of the image are the products of its channels with each other, and the map acts on channels
// only.
class GlobalSpectralAttentionImpl : public torch::nn::Module {
 public:
  explicit GlobalSpectralAttentionImpl(const BlockShape& shape) : heads_(shape.heads) {
    temperature = register_parameter("temperature", at::ones({heads_, 1, 1}));
    qkv = register_module("qkv", nn::pointwise_conv(shape.width, 3 * shape.width));
    project_out = register_module("project_out", nn::pointwise_conv(shape.width, shape.width));
  }

  // x: [B, H*W, C] -> M [B, C, C], float32: the attention of x is x M^T
  at::Tensor matrix(const at::Tensor& x) const {
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(
        c10::DispatchKeySet({c10::DispatchKey::AutocastCPU, c10::DispatchKey::AutocastCUDA}));
    const auto products = gram(x).unsqueeze(1);  // [B, 1, C, C]
    const auto type = products.scalar_type();
    const auto parts = qkv->weight.flatten(1).to(type).unflatten(0, {3, heads_, -1}).unbind(0);
    const auto& q = parts[0];  // [heads, d, C]
    const auto& k = parts[1];
    const auto q_products = q.matmul(products);  // [B, heads, d, C]
    const auto scale = norms(q_products, q) * norms(k.matmul(products), k).mT();
    const auto map = at::softmax(q_products.matmul(k.mT()) / scale * temperature, -1);
    const auto out = project_out->weight.flatten(1).to(type).unflatten(1, {heads_, -1});
    return out.transpose(0, 1).matmul(map.matmul(parts[2])).sum(1);
  }

 private:
  // Norms of the rows of W X^T, not below the reference's eps of 1e-12.
  static at::Tensor norms(const at::Tensor& weight_products, const at::Tensor& weight) {
    return (weight_products * weight).sum(-1, /*keepdim=*/true).clamp_min(1e-24).sqrt();
  }

  int64_t heads_;
  at::Tensor temperature;  // [heads, 1, 1]
  Conv qkv{nullptr};
  Conv project_out{nullptr};
};
TORCH_MODULE(GlobalSpectralAttention);

// SSMA: one skip around both attentions, one around the feed-forward layers.
class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(const BlockShape& shape, bool shifted, double drop_rate) {
    if (shifted) register_buffer("attn_mask", shape.mask.clone());
    norm1 = register_module("norm1", LayerNorm(torch::nn::LayerNormOptions({shape.width})));
    norm2 = register_module("norm2", LayerNorm(torch::nn::LayerNormOptions({shape.width})));
    drop_path = register_module("drop_path", nn::DropPath(drop_rate));
    mlp = register_module("mlp", nn::Mlp(shape.width, shape.mlp_ratio * shape.width));
    attn = register_module("attn", WindowAttention(shape, shifted));
    spectral_attn = register_module("spectral_attn", GlobalSpectralAttention(shape));
  }

  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width) {  // [B, H*W, C]
    const auto local = attn(norm1(x), height, width);
    const auto matrix = drop_path(spectral_attn->matrix(local)).mT().to(local.scalar_type());
    // bfloat16 must not narrow the residual stream.
    const bool same_type = local.scalar_type() == x.scalar_type();
    const auto y = same_type ? at::baddbmm(x, local, matrix) : x + local.bmm(matrix);
    return mlp(norm2(y), height, width, y, drop_path);
  }

 private:
  LayerNorm norm1{nullptr};
  LayerNorm norm2{nullptr};
  nn::DropPath drop_path{nullptr};
  nn::Mlp mlp{nullptr};
  WindowAttention attn{nullptr};
  GlobalSpectralAttention spectral_attn{nullptr};
};
TORCH_MODULE(Block);

void check(const SSTOptions& options) {
  if (options.window != 2 && options.window != 4 && options.window != 8) {
    fail("MODEL_OPTION", "network sst: option window is ", options.window, ", expected 2, 4 or 8");
  }
  if (options.depths.empty() || options.depths.size() != options.heads.size()) {
    fail("MODEL_OPTION", "network sst: options depths and heads are of ", options.depths.size(),
         " and ", options.heads.size(), " numbers, expected one of each for every group");
  }
  for (const int64_t heads : options.heads) {
    if (heads < 1 || options.width < heads || options.width % heads != 0) {
      fail("MODEL_OPTION", "network sst: option heads has ", heads,
           ", expected a divisor of width (", options.width, ")");
    }
  }
  if (!(options.drop_path >= 0.0 && options.drop_path < 1.0)) {
    fail("MODEL_OPTION", "network sst: option dropPath is ", options.drop_path,
         ", expected 0 or more and less than 1");
  }
}

const SSTOptions& checked(const SSTOptions& options) {
  check(options);
  return options;
}

at::Tensor shifted_mask(int64_t window) {
  const Windows shifted = {window, window, window / 2, true};
  return seam_mask(64, 64, shifted, at::kFloat).squeeze(1);
}

class SST : public nn::ResidualGroups<Network, Block> {
 public:
  explicit SST(const SSTOptions& options)
      : ResidualGroups({options.in_bands, options.width, options.out_bands, checked(options).depths,
                        options.drop_path},
                       [&, mask = shifted_mask(options.window)](size_t g, int64_t i, double rate) {
                         const BlockShape shape = {options.width, options.heads[g], options.window,
                                                   options.mlp_ratio, mask};
                         return Block(shape, i % 2 == 1, rate);
                       }) {}
};

HYPERLIFT_MODEL(
    "sst", SST, SSTOptions,
    ModelFacts{
        .task = "spectral",
        .title = "SST",
        .year = 2023,
        .paper = "Li, Fu, Zhang: Spatial-Spectral Transformer for Hyperspectral Image Denoising, "
                 "AAAI 2023",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/SST.py, SST",
        .size = {.multiple = 8},
        .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
