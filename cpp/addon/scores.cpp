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

Napi::Value rows_to_js(Napi::Env env, const std::vector<std::vector<double>>& rows) {
  auto result = Napi::Array::New(env, rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    auto values = Napi::Float64Array::New(env, rows[i].size());
    std::copy(rows[i].begin(), rows[i].end(), values.Data());
    result[i] = values;
  }
  return result;
}

Napi::Value angles_to_js(Napi::Env env, const std::vector<AngleSum>& angles) {
  auto result = Napi::Array::New(env, angles.size());
  for (uint32_t i = 0; i < angles.size(); ++i) {
    auto angle = Napi::Object::New(env);
    angle["radians"] = angles[i].radians;
    angle["pixels"] = static_cast<double>(angles[i].pixels);
    result[i] = angle;
  }
  return result;
}

Napi::Value not_finite_to_js(Napi::Env env, const NotFinite& found) {
  auto result = Napi::Object::New(env);
  result["truth"] = static_cast<double>(found.truth);
  result["result"] = static_cast<double>(found.estimate);
  result["ignored"] = static_cast<double>(found.ignored);
  result["first"] = static_cast<double>(found.first);
  result["firstInTruth"] = found.first_in_truth;
  return result;
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
  result["estimate"] = band_sums(env, scores, &BandSums::estimate);
  result["truthMost"] = band_sums(env, scores, &BandSums::truth_most);
  result["errorBesideOne"] = band_sums(env, scores, &BandSums::error_beside_one);
  result["divergence"] = band_sums(env, scores, &BandSums::divergence);
  result["clippedError"] = band_sums(env, scores, &BandSums::clipped_error);
  result["ssim"] = rows_to_js(env, scores.ssim.means);
  result["ssimWindows"] = static_cast<double>(scores.ssim.windows);
  result["gaussianSsim"] = rows_to_js(env, scores.gaussian.means);
  result["gaussianWindows"] = static_cast<double>(scores.gaussian.windows);
  result["quality"] = to_js(
      env, scores.quality.means.empty() ? std::vector<double>() : scores.quality.means.front());
  result["qualityWindows"] = static_cast<double>(scores.quality.windows);
  result["notFinite"] = not_finite_to_js(env, scores.not_finite);
  result["angles"] = angles_to_js(env, scores.angles);
  if (scores.angle_map.defined()) {
    result["angleMap"] = TensorHandle::wrap(env, std::move(scores.angle_map));
    result["rmseMap"] = TensorHandle::wrap(env, std::move(scores.rmse_map));
  }
  return result;
}

std::vector<AngleRule> angle_rules_of(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) fail("ADDON_ARGUMENT", what, ": expected an array");
  const auto list = value.As<Napi::Array>();
  std::vector<AngleRule> rules(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const auto given = object_of(list.Get(i), what);
    AngleRule& rule = rules[i];
    rule.zero = get_or<number_of>(given, "zero", rule.zero);
    rule.product_epsilon = get_or<number_of>(given, "productEpsilon", rule.product_epsilon);
    rule.norm_epsilon = get_or<number_of>(given, "normEpsilon", rule.norm_epsilon);
    rule.denominator_epsilon =
        get_or<number_of>(given, "denominatorEpsilon", rule.denominator_epsilon);
    rule.single_product = get_or<boolean_of>(given, "singleProduct", rule.single_product);
    rule.skip_black = get_or<boolean_of>(given, "skipBlack", rule.skip_black);
  }
  return rules;
}

std::vector<GaussianWindow> windows_of(const Napi::Value& value, const char* what) {
  std::vector<GaussianWindow> windows;
  for (const auto& name : strings_of(value, what)) {
    if (name != "double" && name != "single") {
      fail("ADDON_ARGUMENT", what, ": found '", name, "', expected double or single");
    }
    windows.push_back(name == "single" ? GaussianWindow::single_precision
                                       : GaussianWindow::double_precision);
  }
  return windows;
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
  options.angles = get_or<angle_rules_of>(given, "angles", options.angles);
  options.windows = get_or<windows_of>(given, "windows", options.windows);
  options.quality = get_or<boolean_of>(given, "quality", options.quality);
  options.divergence = get_or<boolean_of>(given, "divergence", options.divergence);
  options.skip = get_or<boolean_of>(given, "skip", options.skip);
  if (given.Has("rows")) options.rows = integer_of(given.Get("rows"), "rows");
  if (given.Has("ignored")) options.ignored = number_of(given.Get("ignored"), "ignored");
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
