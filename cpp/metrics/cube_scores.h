// Sums over the pixels of two cubes, from which every score of ts/metrics is a short formula. One
// sweep over the rows for the errors and angles, one over the bands for SSIM; everything is
// accumulated in double, in an order that does not depend on the number of threads.
#pragma once

#include "core/torch.h"
#include "ops/spectral_angle.h"

#include <optional>

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
  // Rows that count; those below are there for the windows that begin above them. Absent: all. So
  // that a cube can be scored in strips.
  std::optional<int64_t> rows = {};
  bool skip =
      false;  // leave out pixels with NaN or infinity; else such cubes are not summed at all
  std::optional<double> ignored =
      {};  // true value that says that there is none: the pixel is left out
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
  double clipped_error = 0;     // sum of (e - t)^2, both clamped to [0, 1]
};

// What cannot be scored, among the rows that count.
struct NotFinite {
  int64_t truth = 0, estimate = 0;  // values that are NaN or infinite
  int64_t ignored = 0;              // true values that say that there is none
  int64_t first = -1;  // index of the first value that is not finite, [band, row, column]
  bool first_in_truth = false;
};

// Scores by windows: the mean over those of each band, and how many there were.
struct WindowScores {
  std::vector<std::vector<double>> means;  // [definition][band]; NaN without a window
  int64_t windows = 0;                     // of a band
};

struct CubeScores {
  int64_t pixels = 0;  // that count
  NotFinite not_finite;
  std::vector<BandSums> bands;
  double angle = 0;          // sum of the angles between the spectra of a pixel, in radians
  int64_t angle_pixels = 0;  // pixels that have an angle: neither spectrum is all zero
  WindowScores ssim;         // a range each
  std::vector<AngleSum> angles;
  WindowScores gaussian;  // a window each
  WindowScores quality;   // one definition, or none
  at::Tensor
      angle_map;  // [H, W] float32 radians, NaN where undefined; undefined tensor without maps
  at::Tensor rmse_map;  // [H, W] float32, root mean square over the bands
};

// estimate, truth: [bands, H, W] of one shape, any floating dtype. Throws TENSOR_SHAPE,
// TENSOR_DTYPE.
CubeScores cube_scores(const at::Tensor& estimate, const at::Tensor& truth,
                       const CubeScoreOptions& options);

// A pair of images [height, width]: those windows count whose first row is below `rows`. NaN stands
// for pixels that are left out, and so are the windows that hold one.
template <class T>
struct ImagePair {
  const T* estimate = nullptr;
  const T* truth = nullptr;
  int64_t height = 0, width = 0, rows = 0;
  bool clip = false;
};

// Mean over the windows of an image, for each definition asked for; NaN without a window.
struct WindowMeans {
  std::vector<double> means;
  int64_t windows = 0;
};

// SSIM of one image for each range: 7 x 7 uniform window, sample covariance (49 / 48), K1 =
// 0.01, K2 = 0.03, mean over the windows that lie inside (Wang et al., IEEE TIP 2004, in the form
// of scikit-image's default).
template <class T>
WindowMeans uniform_ssim(const ImagePair<T>& images, const std::vector<double>& ranges);

// SSIM of one image, range 1: windows inside, variances E[x^2] - E[x]^2.
template <class T>
WindowMeans gaussian_ssim(const ImagePair<T>& images, GaussianWindow window);

// Universal quality index (Wang, Bovik, IEEE Signal Processing Letters 2002) of one image over
// its windows of 8 x 8 pixels.
template <class T>
WindowMeans quality_index(const ImagePair<T>& images);

}  // namespace hyperlift
