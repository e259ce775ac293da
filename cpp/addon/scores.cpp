// Sums for scores over many pixels.
#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/tensor_handle.h"
#include "metrics/cube_scores.h"

#include <algorithm>

namespace hyperlift::addon {

namespace {

Napi::Value band_sums(Napi::Env env, const CubeScores& scores, double BandSums::*member) {
  auto values = Napi::Float64Array::New(env, scores.bands.size());
  for (size_t band = 0; band < scores.bands.size(); ++band)
    values[band] = scores.bands[band].*member;
  return values;
}

Napi::Value scores_to_js(Napi::Env env, CubeScores&& scores) {
  auto result = Napi::Object::New(env);
  result["pixels"] = static_cast<double>(scores.pixels);
  result["squaredError"] = band_sums(env, scores, &BandSums::squared_error);
  result["absoluteError"] = band_sums(env, scores, &BandSums::absolute_error);
  result["relativeError"] = band_sums(env, scores, &BandSums::relative_error);
  result["floored"] = band_sums(env, scores, &BandSums::floored);
  result["product"] = band_sums(env, scores, &BandSums::product);
  result["estimateSquare"] = band_sums(env, scores, &BandSums::estimate_square);
  result["truthSquare"] = band_sums(env, scores, &BandSums::truth_square);
  result["truth"] = band_sums(env, scores, &BandSums::truth);
  result["angle"] = scores.angle;
  result["anglePixels"] = static_cast<double>(scores.angle_pixels);
  auto ssim = Napi::Array::New(env, scores.ssim.size());
  for (uint32_t range = 0; range < scores.ssim.size(); ++range) {
    auto bands = Napi::Float64Array::New(env, scores.ssim[range].size());
    std::copy(scores.ssim[range].begin(), scores.ssim[range].end(), bands.Data());
    ssim[range] = bands;
  }
  result["ssim"] = ssim;
  if (scores.angle_map.defined()) {
    result["angleMap"] = TensorHandle::wrap(env, std::move(scores.angle_map));
    result["rmseMap"] = TensorHandle::wrap(env, std::move(scores.rmse_map));
  }
  return result;
}

// cubeScores(estimate, truth, options)
Napi::Value compute_scores(const Napi::CallbackInfo& info) {
  const auto estimate = TensorHandle::unwrap(info[0], "estimate");
  const auto truth = TensorHandle::unwrap(info[1], "truth");
  const auto given = object_of(info[2], "options");
  CubeScoreOptions options;
  options.clip = get_or<boolean_of>(given, "clip", options.clip);
  options.mrae_floor = get_or<number_of>(given, "mraeFloor", options.mrae_floor);
  options.ssim_ranges = get_or<numbers_of>(given, "ssimRanges", options.ssim_ranges);
  options.maps = get_or<boolean_of>(given, "maps", options.maps);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [estimate, truth, options] { return cube_scores(estimate, truth, options); },
          scores_to_js);
}

void init_scores(Napi::Env env, Napi::Object exports) {
  exports["cubeScores"] = guarded<compute_scores>(env, "cubeScores");
}
HYPERLIFT_EXPORTS(init_scores)

}  // namespace

}  // namespace hyperlift::addon
