// SERT: transformer blocks that attend within stripes of each window, in two directions, and scale
// channels by what a memory of spectra knows of the window.
//
// Paper: Li, Liu, Fu, Zhang, Dou, "Spectral Enhanced Rectangle Transformer for Hyperspectral Image
//   Denoising", CVPR 2023.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/sert.py, SERT;
//   first in MyuLi/SERT@15b8568, models/sert.py, with as many bands in as out and the input added.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
//   each side is padded by its own amount, where the reference pads the width by what the height
//   lacks and the other way round. The constructor's qkv_bias, bias and qk_scale are as by default.
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/mlp.h"
#include "nn/module_list.h"
#include "nn/residual_group.h"
#include "ops/window_attention.h"

#include <cmath>

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::LayerNorm;
using torch::nn::Linear;

using Integers = std::vector<int64_t>;

struct SERTOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 96;
  Integers windows = {8, 8, 8, 8, 8, 8};
  Integers depths = {6, 6, 6, 6, 6, 6};
  Integers heads = {6, 6, 6, 6, 6, 6};
  Integers stripes = {1, 1, 1, 1, 1, 1};
  int64_t mlp_ratio = 2;
  int64_t rank_divisor = 16;
  int64_t memory = 256;
  double memory_weight = 0.1;
  double drop_path = 0.1;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inp_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(width,
           {"width", "dim", "width of the features, a multiple of 4 and of each number of heads"});
    option(windows, {"windows", "window_sizes", "side of the windows of each group: 4, 8 or 16"});
    option(depths, {"depths", "depths", "blocks of each group"});
    option(heads, {"heads", "num_heads", "heads of each group, half of them for each direction"});
    option(stripes, {"stripes", "split_sizes",
                     "width of the stripes of each group, a divisor of the window's side"});
    option(mlp_ratio,
           {"mlpRatio", "mlp_ratio", "width of the feed-forward layers by that of the features"});
    option(rank_divisor, {"rankDivisor", "down_rank", "width by the rank of the memory's spectra"});
    option(memory, {"memory", "memory_blocks", "spectra in the memory of each block"});
    option(memory_weight, {"memoryWeight", "weight_factor", "factor of what the memory gives"});
    option(drop_path, {"dropPath", "drop_path_rate",
                       "part of the samples for which training leaves out a branch of the last "
                       "block; from 0 in the first"});
  }
};

// What the blocks of a group have in common.
struct BlockShape {
  int64_t width, heads, window, stripe, mlp_ratio, rank, memory;
  double memory_weight;
};

// The channels behind the stripes are dealt out again, out[4 d + g] = in[D / 4 g + d]. No value is
// moved: the weights around them are written in the order of `in`.
at::Tensor dealt_columns(const at::Tensor& weight) {  // [*, D] -> [*, D], by in's channels
  return weight.unflatten(-1, {-1, 4}).transpose(-1, -2).flatten(-2);
}
at::Tensor dealt_rows(const at::Tensor& weight) {  // [D, *] -> [D, *]
  return weight.unflatten(0, {-1, 4}).transpose(0, 1).flatten(0, 1);
}

// LePE attention within stripes of one direction; a depthwise convolution of the values tells
// positions.
class StripesImpl : public torch::nn::Module {
 public:
  StripesImpl(const BlockShape& shape, const Windows& windows)
      : heads_(shape.heads / 2), windows_(windows) {
    get_v =
        register_module("get_v", Conv(torch::nn::Conv2dOptions(shape.width / 2, shape.width / 2, 3)
                                          .padding(1)
                                          .groups(shape.width / 2)));
  }
  at::Tensor forward(const at::Tensor& qkv) {  // [B, H, W, 3, D / 2] -> [B, H, W, D / 2]
    return window_attention(qkv, heads_, windows_,
                            {.kernel = get_v->weight, .kernel_bias = get_v->bias});
  }

 private:
  int64_t heads_;
  Windows windows_;
  Conv get_v{nullptr};
};
TORCH_MODULE(Stripes);

// The last layer of the spectral branch: the mean of a window looks up a spectrum in a memory, and
// that gates its channels.
class MemoryGateImpl : public torch::nn::Module {
 public:
  explicit MemoryGateImpl(const BlockShape& shape)
      : squeeze_(shape.width, shape.rank), excite_(shape.rank, shape.width) {
    mb = register_parameter("mb", at::randn({shape.rank, shape.memory}));
    register_module("subnet", nn::module_list(squeeze_));
    register_module("upnet", nn::module_list(excite_));
  }

  // mean: [..., D] -> factors of the channels [..., D], dealt out as behind the stripes
  at::Tensor forward(const at::Tensor& mean) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(mb.size(0)));
    const auto likeness = at::softmax(squeeze_(mean).matmul(mb) * scale, -1);  // [..., memory]
    const auto recalled = likeness.matmul(mb.t().to(likeness.scalar_type()));  // [..., rank]
    return at::sigmoid(
        at::linear(recalled, dealt_rows(excite_->weight), dealt_rows(excite_->bias)));
  }

 private:
  Linear squeeze_;
  Linear excite_;
  at::Tensor mb;  // [rank, memory]
};
TORCH_MODULE(MemoryGate);

// CAB: two linear layers over a quarter of the channels, then the gate.
class SpectralMemoryImpl : public torch::nn::Module {
 public:
  explicit SpectralMemoryImpl(const BlockShape& shape)
      : cell_(shape.window / 2),
        weight_(shape.memory_weight),
        down_(shape.width, shape.width / 4),
        up_(shape.width / 4, shape.width),
        gate_(shape) {
    register_module("cab", nn::module_list(down_, torch::nn::GELU(), up_, gate_));
  }

  // x, addend: [B, H, W, D] -> addend + weight * the branch, dealt out as the addend is
  at::Tensor plus(const at::Tensor& x, bool shifted, const at::Tensor& addend) {
    const auto hidden = at::gelu(down_(x));  // [B, H, W, D / 4]
    // Half windows: a shift by one of them is that of the windows.
    auto means = cells(hidden).mean({2, 4});  // [B, H / cell, W / cell, D / 4]
    if (shifted) means = means.roll({-1, -1}, {1, 2});
    const auto windows = means.unflatten(2, {-1, 2}).unflatten(1, {-1, 2}).mean({2, 4});
    auto gates = gate_(up_(windows)) * weight_;
    gates = gates.repeat_interleave(2, 1).repeat_interleave(2, 2);
    if (shifted) gates = gates.roll({1, 1}, {1, 2});
    const auto spectra = at::linear(hidden, dealt_rows(up_->weight), dealt_rows(up_->bias));
    const auto sum = at::addcmul(cells(addend), cells(spectra), gates.unsqueeze(3).unsqueeze(2));
    return sum.view(addend.sizes());
  }

 private:
  at::Tensor cells(const at::Tensor& image) const {  // [B, H, W, C] -> [B, H / c, c, W / c, c, C]
    return image.unflatten(2, {-1, cell_}).unflatten(1, {-1, cell_});
  }

  int64_t cell_;
  double weight_;
  Linear down_;
  Linear up_;
  MemoryGate gate_;
};
TORCH_MODULE(SpectralMemory);

// Half of the channels attend in vertical stripes, half in horizontal ones.
class RectangleAttentionImpl : public torch::nn::Module {
 public:
  RectangleAttentionImpl(const BlockShape& shape, bool shifted)
      : shifted_(shifted),
        vertical_(shape, Windows{.height = shape.window,
                                 .width = shape.stripe,
                                 .shift = shifted ? shape.window / 2 : 0}),
        horizontal_(shape, Windows{.height = shape.stripe,
                                   .width = shape.window,
                                   .shift = shifted ? shape.window / 2 : 0}) {
    qkv = register_module("qkv", Linear(shape.width, 3 * shape.width));
    proj = register_module("proj", Linear(shape.width, shape.width));
    register_module("attns", nn::module_list(vertical_, horizontal_));
    c_attns = register_module("c_attns", SpectralMemory(shape));
  }

  at::Tensor forward(const at::Tensor& x) {         // [B, H, W, D]
    const auto all = qkv(x).unflatten(3, {3, -1});  // [B, H, W, 3, D]
    const auto halves = all.chunk(2, 4);
    const auto stripes = at::cat({vertical_(halves[0]), horizontal_(halves[1])}, 3);
    return at::linear(c_attns->plus(x, shifted_, stripes), dealt_columns(proj->weight), proj->bias);
  }

 private:
  bool shifted_;
  Stripes vertical_;
  Stripes horizontal_;
  Linear qkv{nullptr};
  Linear proj{nullptr};
  SpectralMemory c_attns{nullptr};
};
TORCH_MODULE(RectangleAttention);

class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(const BlockShape& shape, bool shifted, double drop_rate) {
    norm1 = register_module("norm1", LayerNorm(torch::nn::LayerNormOptions({shape.width})));
    norm2 = register_module("norm2", LayerNorm(torch::nn::LayerNormOptions({shape.width})));
    drop_path = register_module("drop_path", nn::DropPath(drop_rate));
    mlp = register_module("mlp", nn::Mlp(shape.width, shape.mlp_ratio * shape.width));
    attns = register_module("attns", RectangleAttention(shape, shifted));
  }

  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width) {  // [B, H*W, D]
    const auto image = norm1(x).unflatten(1, {height, width});
    const auto y = x + drop_path(attns(image).flatten(1, 2));
    return mlp(norm2(y), height, width, y, drop_path);
  }

 private:
  LayerNorm norm1{nullptr};
  LayerNorm norm2{nullptr};
  nn::DropPath drop_path{nullptr};
  nn::Mlp mlp{nullptr};
  RectangleAttention attns{nullptr};
};
TORCH_MODULE(Block);

void check(const SERTOptions& o) {
  const size_t groups = o.depths.size();
  if (groups == 0 || o.windows.size() != groups || o.heads.size() != groups ||
      o.stripes.size() != groups) {
    fail("MODEL_OPTION", "network sert: options windows, depths, heads and stripes are of ",
         o.windows.size(), ", ", groups, ", ", o.heads.size(), " and ", o.stripes.size(),
         " numbers, expected one of each for every group");
  }
  for (size_t g = 0; g < groups; ++g) {
    if (o.windows[g] != 4 && o.windows[g] != 8 && o.windows[g] != 16) {
      fail("MODEL_OPTION", "network sert: option windows has ", o.windows[g],
           ", expected 4, 8 or 16");
    }
    if (o.stripes[g] < 1 || o.windows[g] % o.stripes[g] != 0) {
      fail("MODEL_OPTION", "network sert: option stripes has ", o.stripes[g],
           ", expected a divisor of the window's side (", o.windows[g], ")");
    }
    if (o.heads[g] < 2 || o.heads[g] % 2 != 0 || o.width % 4 != 0 || o.width % o.heads[g] != 0) {
      fail("MODEL_OPTION", "network sert: option width is ", o.width,
           ", expected a multiple of 4 and of heads (", o.heads[g], ", an even number)");
    }
  }
  if (o.rank_divisor < 1 || o.rank_divisor > o.width) {
    fail("MODEL_OPTION", "network sert: option rankDivisor is ", o.rank_divisor,
         ", expected 1 to width (", o.width, ")");
  }
  if (!(o.drop_path >= 0.0 && o.drop_path < 1.0)) {
    fail("MODEL_OPTION", "network sert: option dropPath is ", o.drop_path,
         ", expected 0 or more and less than 1");
  }
}

const SERTOptions& checked(const SERTOptions& o) {
  check(o);
  return o;
}

class SERT : public nn::ResidualGroups<Network, Block> {
 public:
  explicit SERT(const SERTOptions& o)
      : ResidualGroups({o.in_bands, o.width, o.out_bands, checked(o).depths, o.drop_path},
                       [&](size_t g, int64_t i, double rate) {
                         const BlockShape shape = {o.width,      o.heads[g],
                                                   o.windows[g], o.stripes[g],
                                                   o.mlp_ratio,  o.width / o.rank_divisor,
                                                   o.memory,     o.memory_weight};
                         return Block(shape, i % 2 == 1, rate);
                       }) {}
};

HYPERLIFT_MODEL(
    "sert", SERT, SERTOptions,
    ModelFacts{
        .task = "spectral",
        .title = "SERT",
        .year = 2023,
        .paper =
            "Li, Liu, Fu, Zhang, Dou: Spectral Enhanced Rectangle Transformer for Hyperspectral "
            "Image Denoising, CVPR 2023",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/sert.py, SERT",
        .size = {.multiple = 16},
        .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
