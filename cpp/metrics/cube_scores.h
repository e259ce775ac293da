// Sums over the pixels of two cubes, from which every score of ts/metrics is a short formula. One
// sweep over the rows for the errors and angles, one over the bands for SSIM; everything is
// accumulated in double, in an order that does not depend on the number of threads.
#pragma once

#include "core/torch.h"
#include "ops/spectral_angle.h"

namespace hyperlift {

// The Gaussian window of 11 x 11 pixels and deviation 1.5 that the SSIM of super-resolution papers
// weighs with: normalised in double, or in float32 as their Python scripts do, which round the
// numerator, too.
enum class GaussianWindow { double_precision, single_precision };

struct CubeScoreOptions {
  bool clip = false;  // clamp the estimate to [0, 1] first
  double mrae_floor =
      0.0;  // the divisor of a relative error is at least this; 0 divides by the truth itself
  std::vector<double> ssim_ranges;           // one SSIM for each data range; empty: none
  bool maps = false;                         // also keep the angle and the error of each pixel
  std::vector<AngleRule> angles = {};        // one sum of angles for each rule
  std::vector<GaussianWindow> windows = {};  // one Gaussian SSIM for each
  bool quality = false;                      // the universal quality index
  bool divergence = false;                   // the spectral information divergence
};

struct BandSums {
  double squared_error = 0;   // sum of (e - t)^2
  double absolute_error = 0;  // sum of |e - t|
  double relative_error = 0;  // sum of |e - t| / max(t, floor)
  double floored = 0;         // number of t below the floor
  double product = 0;         // sum of e t
  double estimate_square = 0;
  double truth_square = 0;
  double truth = 0;  // sum of t
  double estimate = 0;
  double truth_most = 0;        // the largest t, at least 0
  double error_beside_one = 0;  // sum of |e - t| / (t + 1)
  double divergence = 0;        // sum of (e - t) (lg(e + 0.001) - lg(t + 0.001))
};

struct CubeScores {
  int64_t pixels = 0;
  std::vector<BandSums> bands;
  double angle = 0;          // sum of the angles between the spectra of a pixel, in radians
  int64_t angle_pixels = 0;  // pixels that have an angle: neither spectrum is all zero
  std::vector<std::vector<double>>
      ssim;  // [range][band], the mean of the map; NaN where H or W is below 7
  std::vector<AngleSum> angles;
  std::vector<std::vector<double>> gaussian_ssim;  // [window][band]; NaN where below 11 x 11
  std::vector<double> quality;                     // [band]; NaN where below 8 x 8
  at::Tensor
      angle_map;  // [H, W] float32 radians, NaN where undefined; undefined tensor without maps
  at::Tensor rmse_map;  // [H, W] float32, root mean square over the bands
};

// estimate, truth: [bands, H, W] of one shape, any floating dtype. Throws TENSOR_SHAPE,
// TENSOR_DTYPE.
CubeScores cube_scores(const at::Tensor& estimate, const at::Tensor& truth,
                       const CubeScoreOptions& options);

// Mean SSIM of one image for each range: 7 x 7 uniform window, sample covariance (49 / 48), K1 =
// 0.01, K2 = 0.03, mean over the windows that lie inside (Wang et al., IEEE TIP 2004, in the form
// of scikit-image's default).
template <class T>
std::vector<double> uniform_ssim(const T* estimate, const T* truth, int64_t height, int64_t width,
                                 bool clip, const std::vector<double>& ranges);

// Mean SSIM of one image, range 1: windows inside, variances E[x^2] - E[x]^2.
template <class T>
double gaussian_ssim(const T* estimate, const T* truth, int64_t height, int64_t width, bool clip,
                     GaussianWindow window);

// Mean universal quality index (Wang, Bovik, IEEE Signal Processing Letters 2002) of one image over
// its windows of 8 x 8 pixels.
template <class T>
double quality_index(const T* estimate, const T* truth, int64_t height, int64_t width, bool clip);

}  // namespace hyperlift
