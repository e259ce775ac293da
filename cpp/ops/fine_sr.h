// The fine stage of DualSR (Li, Yuan, Jia, Wang, IEEE TIP 2022): back-projection of a cube onto the
// one of half its size, weighted by the spectral angle between the two.
#pragma once

#include "core/torch.h"

namespace hyperlift {

struct FineSrOptions {
  int64_t iterations = 1;
  // Rows of the refined cube that are worked on at a time; the result does not depend on it.
  int64_t rows = 128;
};

struct FineSrResult {
  at::Tensor refined;          // of the shape, dtype and device of the upscaled cube
  std::vector<double> angles;  // of each iteration: mean spectral angle in degrees
};

// The weight that follows from an angle in degrees.
double fine_sr_constraint(double degrees);

// upscaled: [bands, 2 h, 2 w]; half: [bands, h, w] on the same device; float32 or float64. In each
// iteration D = imresize(U, 1/2), c = min(angle(D, V), 1), U += imresize(c (V - D), 2), in double.
// Throws DATA_RANK, DATA_BANDS, DATA_SIZE_MISMATCH, DATA_NOT_FINITE, TENSOR_DTYPE.
FineSrResult fine_sr(const at::Tensor& upscaled, const at::Tensor& half,
                     const FineSrOptions& options);

}  // namespace hyperlift
