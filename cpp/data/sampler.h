// Makes batches from plan rows: gather, turn and flip, project through the camera, normalise.
#pragma once

#include "data/reduction.h"
#include "data/scene_store.h"

#include <mutex>

namespace hyperlift {

// rgb_k = exposure * sum_b response[b, k] y_b / 255, linear; then noise of this standard deviation;
// then clamped to [0, 1] and rounded to 2^bits - 1 levels, where bits is not 0.
struct Camera {
  std::vector<double> response;  // [bands, rgb_bands], row-major; columns sum to 255
  int64_t rgb_bands = 3;
  double exposure = 1;
  double noise = 0;
  int64_t bits = 0;
};

// One row of a batch plan.
struct PlanRow {
  int32_t scene = 0;
  int32_t row = 0;
  int32_t column = 0;
  // bits 0-1: quarter turns counter-clockwise; bit 2: then left and right swapped; bit 3: then top
  // and bottom
  int32_t augmentation = 0;
};

struct SamplerConfig {
  int64_t patch = 0;
  std::optional<Camera> camera;        // absent: the scenes' own RGB images
  std::optional<Reduction> reduction;  // the input is the cube itself, made smaller
  bool stretch =
      false;  // each RGB by the minimum and maximum of its whole image (before noise and rounding)
  bool cubes = false;  // batches carry the cubes too
  uint64_t seed = 0;   // of the noise
};

struct Batch {
  at::Tensor rgb;  // [B, rgbBands, patch, patch] float32; with a reduction the low-resolution cube,
                   // [B, bands, patch / scale, patch / scale]
  at::Tensor cube;  // [B, bands, patch, patch] float32, undefined without cubes
};

class Sampler {
 public:
  // Throws CONFIG_CAMERA, CONFIG_PATCH.
  Sampler(std::shared_ptr<const SceneStore> store, SamplerConfig config);

  // Throws DATA_PLAN for a scene or augmentation out of range, DATA_PATCH for a patch that does not
  // lie in its scene, DATA_SCENE for a scene that lacks the cube or the image that is needed.
  void check(const PlanRow& row) const;
  // A plan as JavaScript makes it, four numbers a row, checked.
  template <class Integer>
  std::vector<PlanRow> rows(const std::vector<Integer>& numbers) const {
    check_length(static_cast<int64_t>(numbers.size()));
    std::vector<PlanRow> result;
    result.reserve(numbers.size() / 4);
    for (size_t i = 0; i < numbers.size(); i += 4) {
      const auto number = [&](size_t k) { return static_cast<int32_t>(numbers[i + k]); };
      result.push_back({number(0), number(1), number(2), number(3)});
      check(result.back());
    }
    return result;
  }
  // Starts to read what a later gather of these rows takes from mapped scenes.
  void announce(const PlanRow* rows, int64_t count) const;
  // `first` is the number of the first row in the whole run: noise follows it. Safe from several
  // threads.
  Batch gather(const PlanRow* rows, int64_t count, int64_t first) const;
  // Whether every scene has a cube.
  bool has_cubes() const;
  int64_t rgb_bands() const;

  const SamplerConfig& config() const { return config_; }
  const SceneStore& store() const { return *store_; }
  const std::shared_ptr<const SceneStore>& store_pointer() const { return store_; }

 private:
  struct Range {
    float low = 0, high = 1;
  };
  static void check_length(int64_t numbers);
  Batch gather_pairs(const PlanRow* rows, int64_t count, int64_t first) const;
  void project(const float* cube, int64_t bands, int64_t pixels, float* rgb) const;
  void degrade(float* rgb, int64_t count, uint64_t sample) const;
  void stretch(const Scene& scene, int64_t index, float* rgb, int64_t count) const;
  Range range_of(const Scene& scene) const;

  std::shared_ptr<const SceneStore> store_;
  SamplerConfig config_;
  mutable std::mutex ranges_mutex_;
  mutable std::map<int64_t, Range> ranges_;  // by scene, found when first needed
};

}  // namespace hyperlift
