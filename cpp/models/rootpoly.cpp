// Root-polynomial regression: the line to beat. Six features of a pixel and one linear map, fitted
// in closed form. All features scale with exposure, so the result does too.
//
// Paper: Finlayson, Mackiewicz, Hurlbert, "Color Correction Using Root-Polynomial Regression", IEEE
// TIP 2015,
//   doi 10.1109/TIP.2015.2405336 (the features; there for colour correction, here from RGB to
//   bands).
// Reference: none; the features and the fit are given in full below.
// Input: [B, 3, H, W], linear; negative values count as 0 under the roots.
// Output: [B, outBands, H, W], not clamped.
// Deviations: none.
#include "models/registry.h"

namespace hyperlift {

namespace {

struct RootPolynomialOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "", "bands of the input: 3"});
    option(out_bands, {"outBands", "", "bands of the output"});
  }
};

constexpr int64_t kFeatures = 6;

class RootPolynomial : public FittedNetwork {
 public:
  explicit RootPolynomial(const RootPolynomialOptions& options)
      : products_(at::zeros({kFeatures, kFeatures}, at::kDouble)),
        targets_(at::zeros({kFeatures, options.out_bands}, at::kDouble)) {
    weight = register_parameter("weight", at::zeros({options.out_bands, kFeatures}));
  }

  at::Tensor forward(const at::Tensor& x) override {
    return at::conv2d(features(x), weight.unsqueeze(-1).unsqueeze(-1));
  }

  // The normal equations, in double: 6 x 6 and 6 x bands, whatever the number of pixels.
  void accumulate(const at::Tensor& x, const at::Tensor& y) override {
    const torch::NoGradGuard no_grad;
    const auto rows = [](const at::Tensor& image) {  // [B, C, H, W] -> [B*H*W, C]
      return image.permute({0, 2, 3, 1}).flatten(0, 2);
    };
    const auto inputs = rows(features(x.to(at::kDouble)));
    products_ += inputs.mT().matmul(inputs);
    targets_ += inputs.mT().matmul(rows(y.to(at::kDouble)));
  }

  void solve() override {
    const torch::NoGradGuard no_grad;
    // The pseudo-inverse: scenes without colour leave features that cannot be told apart.
    const auto inverse = at::linalg_pinv(products_, 1e-14, /*hermitian=*/true);
    weight.copy_(inverse.matmul(targets_).t());
    products_.zero_();
    targets_.zero_();
  }

 private:
  static at::Tensor features(const at::Tensor& x) {  // [B, 3, H, W] -> [B, 6, H, W]
    const auto rolled = x.roll(-1, 1);               // G, B, R: the products are RG, GB, BR
    const auto product = x.clamp_min(0) * rolled.clamp_min(0);
    return at::cat({x, product.sqrt()}, 1);
  }

  at::Tensor weight;
  at::Tensor products_;
  at::Tensor targets_;
};

HYPERLIFT_MODEL(
    "rootpoly", RootPolynomial, RootPolynomialOptions,
    ModelFacts{.task = "spectral",
               .title = "Root-polynomial regression",
               .year = 2015,
               .paper = "Finlayson, Mackiewicz, Hurlbert: Color Correction Using Root-Polynomial "
                        "Regression, IEEE TIP 2015",
               .bands = {.in = 3},
               .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
