#include "data/sampler.h"

#include "core/error.h"
#include "data/noise.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

namespace {

// A coordinate in the output: start + y * per_row + x * per_column, of pixel (y, x) of the stored
// patch.
struct Coordinate {
  int64_t start, per_row, per_column;
  Coordinate mirrored(int64_t last) const { return {last - start, -per_row, -per_column}; }
};

// Where the pixels of a patch go: quarter turns, then flips.
Placement placement_of(const PlanRow& row, int64_t patch) {
  const int64_t last = patch - 1;
  Coordinate i{0, 1, 0}, j{0, 0, 1};
  switch (row.augmentation & 3) {  // of a counter-clockwise turn
    case 1:                        // out[i, j] = in[j, last - i]
      i = {last, 0, -1};
      j = {0, 1, 0};
      break;
    case 2:  // in[last - i, last - j]
      i = {last, -1, 0};
      j = {last, 0, -1};
      break;
    case 3:  // in[last - j, i]
      i = {0, 0, 1};
      j = {last, -1, 0};
      break;
    default:
      break;
  }
  if ((row.augmentation & 4) != 0) j = j.mirrored(last);
  if ((row.augmentation & 8) != 0) i = i.mirrored(last);
  return {.band_step = patch * patch,
          .origin = i.start * patch + j.start,
          .down = i.per_row * patch + j.per_row,
          .right = i.per_column * patch + j.per_column};
}

Area area_of(const PlanRow& row, int64_t patch) {
  return {.row = row.row, .column = row.column, .height = patch, .width = patch};
}

// One patch of all bands, scaled to [0, 1]: out is [bands, patch, patch].
void copy_patch(const Plane& plane, const PlanRow& row, int64_t patch, float* out) {
  copy_area(plane, area_of(row, patch), plane.scale, placement_of(row, patch), out);
}

void add_noise(float* values, int64_t count, double deviation, uint64_t stream) {
  for (int64_t i = 0; i < count; ++i) {
    values[i] += static_cast<float>(deviation * normal_deviate(stream, i));
  }
}

void check_camera(const Camera& camera) {
  if (camera.rgb_bands < 1 || camera.response.empty() ||
      static_cast<int64_t>(camera.response.size()) % camera.rgb_bands != 0) {
    fail("CONFIG_CAMERA", "the camera response holds ", camera.response.size(),
         " numbers, expected bands x ", camera.rgb_bands);
  }
  if (!(camera.exposure > 0) || !(camera.noise >= 0) || camera.bits < 0 || camera.bits > 16) {
    fail("CONFIG_CAMERA", "camera: exposure ", camera.exposure, ", noise ", camera.noise,
         " and bits ", camera.bits, ", expected above 0, 0 or more and 0 to 16");
  }
}

}  // namespace

Sampler::Sampler(std::shared_ptr<const SceneStore> store, SamplerConfig config)
    : store_(std::move(store)), config_(std::move(config)) {
  if (config_.patch < 1) fail("CONFIG_PATCH", "patch is ", config_.patch, ", expected 1 or more");
  if (config_.camera) check_camera(*config_.camera);
  if (config_.reduction) check_reduction(*config_.reduction, config_.patch);
}

bool Sampler::has_cubes() const {
  for (int64_t i = 0; i < store_->count(); ++i) {
    if (!store_->at(i).cube) return false;
  }
  return store_->count() > 0;
}

int64_t Sampler::rgb_bands() const {
  if (config_.camera) return config_.camera->rgb_bands;
  return store_->count() > 0 && store_->at(0).rgb ? store_->at(0).rgb->bands() : 0;
}

void Sampler::check_length(int64_t numbers) {
  if (numbers == 0 || numbers % 4 != 0) {
    fail("DATA_PLAN", "the batch plan holds ", numbers, " numbers, expected rows of 4");
  }
}

void Sampler::check(const PlanRow& row) const {
  if (row.scene < 0 || row.scene >= store_->count()) {
    fail("DATA_PLAN", "the batch plan names scene ", row.scene, ", the store holds ",
         store_->count());
  }
  if (row.augmentation < 0 || row.augmentation > 15) {
    fail("DATA_PLAN", "the batch plan holds augmentation ", row.augmentation, ", expected 0 to 15");
  }
  const Scene& scene = store_->at(row.scene);
  const int64_t patch = config_.patch;
  if (row.row < 0 || row.column < 0 || row.row + patch > scene.height ||
      row.column + patch > scene.width) {
    fail("DATA_PATCH", "scene ", scene.name, " is ", scene.height, " x ", scene.width,
         " pixels: a patch of ", patch, " x ", patch, " at row ", row.row, ", column ", row.column,
         " does not lie in it");
  }
  if (config_.reduction) {
    if (!scene.cube) fail("DATA_SCENE", "scene ", scene.name, " has no cube to enlarge");
    return;
  }
  if ((config_.cubes || config_.camera) && !scene.cube) {
    fail("DATA_SCENE", "scene ", scene.name, " has no cube, which ",
         config_.cubes ? "the loss needs" : "RGB is simulated from");
  }
  if (!config_.camera && !scene.rgb) {
    fail("DATA_SCENE", "scene ", scene.name, " has no RGB image and no camera response is given");
  }
  if (config_.camera && static_cast<int64_t>(config_.camera->response.size()) !=
                            scene.cube->bands() * config_.camera->rgb_bands) {
    fail("CONFIG_CAMERA", "the camera response is for ",
         config_.camera->response.size() / config_.camera->rgb_bands, " bands, scene ", scene.name,
         " has ", scene.cube->bands());
  }
}

Batch Sampler::gather_pairs(const PlanRow* rows, int64_t count, int64_t first) const {
  const at::NoGradGuard no_grad;
  const Reduction& reduction = *config_.reduction;
  const int64_t patch = config_.patch, side = patch / reduction.scale;
  const int64_t bands = store_->at(rows[0].scene).cube->bands();
  Batch batch;
  batch.cube = at::empty({count, bands, patch, patch}, at::kFloat);
  for (int64_t i = 0; i < count; ++i) {
    copy_patch(*store_->at(rows[i].scene).cube, rows[i], patch,
               batch.cube.mutable_data_ptr<float>() + i * bands * patch * patch);
  }
  batch.rgb = reduced(batch.cube, reduction);
  const int64_t size = bands * side * side;
  for (int64_t i = 0; i < count && reduction.noise > 0; ++i) {
    add_noise(batch.rgb.mutable_data_ptr<float>() + i * size, size, reduction.noise,
              mix64(config_.seed, static_cast<uint64_t>(first + i)));
  }
  return batch;
}

void Sampler::announce(const PlanRow* rows, int64_t count) const {
  const bool cubes = config_.cubes || config_.camera || config_.reduction;
  for (int64_t i = 0; i < count; ++i) {
    const Scene& scene = store_->at(rows[i].scene);
    const Area area = area_of(rows[i], config_.patch);
    if (cubes && scene.cube) will_need(*scene.cube, area);
    if (!config_.camera && !config_.reduction && scene.rgb) will_need(*scene.rgb, area);
  }
}

Batch Sampler::gather(const PlanRow* rows, int64_t count, int64_t first) const {
  announce(rows, count);
  if (config_.reduction) return gather_pairs(rows, count, first);
  const int64_t patch = config_.patch, pixels = patch * patch;
  const Scene& example = store_->at(rows[0].scene);
  const int64_t bands = example.cube ? example.cube->bands() : 0;
  const int64_t rgb_bands = config_.camera ? config_.camera->rgb_bands : example.rgb->bands();
  Batch batch;
  batch.rgb = at::empty({count, rgb_bands, patch, patch}, at::kFloat);
  if (config_.cubes) batch.cube = at::empty({count, bands, patch, patch}, at::kFloat);
  std::vector<float> scratch(config_.camera && !config_.cubes ? bands * pixels : 0);
  for (int64_t i = 0; i < count; ++i) {
    const Scene& scene = store_->at(rows[i].scene);
    float* const rgb = batch.rgb.mutable_data_ptr<float>() + i * rgb_bands * pixels;
    float* const cube =
        config_.cubes ? batch.cube.mutable_data_ptr<float>() + i * bands * pixels : scratch.data();
    if (config_.cubes || config_.camera) copy_patch(*scene.cube, rows[i], patch, cube);
    if (config_.camera) {
      project(cube, bands, pixels, rgb);
      degrade(rgb, rgb_bands * pixels, static_cast<uint64_t>(first + i));
    } else {
      copy_patch(*scene.rgb, rows[i], patch, rgb);
    }
    if (config_.stretch) stretch(scene, rows[i].scene, rgb, rgb_bands * pixels);
  }
  return batch;
}

void Sampler::project(const float* cube, int64_t bands, int64_t pixels, float* rgb) const {
  const Camera& camera = *config_.camera;
  std::fill(rgb, rgb + camera.rgb_bands * pixels, 0.0F);
  for (int64_t band = 0; band < bands; ++band) {
    for (int64_t k = 0; k < camera.rgb_bands; ++k) {
      const auto weight = static_cast<float>(camera.exposure *
                                             camera.response[band * camera.rgb_bands + k] / 255.0);
      const float* const from = cube + band * pixels;
      float* const to = rgb + k * pixels;
      for (int64_t i = 0; i < pixels; ++i) to[i] += weight * from[i];
    }
  }
}

void Sampler::degrade(float* rgb, int64_t count, uint64_t sample) const {
  const Camera& camera = *config_.camera;
  if (camera.noise > 0) {
    add_noise(rgb, count, camera.noise, mix64(config_.seed, sample));
  }
  if (camera.bits > 0) {
    const auto levels = static_cast<float>((1 << camera.bits) - 1);
    for (int64_t i = 0; i < count; ++i) {
      rgb[i] = std::round(std::clamp(rgb[i], 0.0F, 1.0F) * levels) / levels;
    }
  }
}

Sampler::Range Sampler::range_of(const Scene& scene) const {
  constexpr int64_t block = 16;  // rows at a time: a whole float cube would not fit the cache
  const Plane& plane = config_.camera ? *scene.cube : *scene.rgb;
  const int64_t bands = config_.camera ? config_.camera->rgb_bands : plane.bands();
  std::vector<float> values, rgb;
  Range range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  for (int64_t top = 0; top < scene.height; top += block) {
    const int64_t rows = std::min(block, scene.height - top), pixels = rows * scene.width;
    const Area area{.row = top, .column = 0, .height = rows, .width = scene.width};
    const Placement upright{.band_step = pixels, .down = scene.width};
    values.resize(plane.bands() * pixels);
    will_need(plane, area);
    copy_area(plane, area, plane.scale, upright, values.data());
    if (config_.camera) {
      rgb.resize(bands * pixels);
      project(values.data(), plane.bands(), pixels, rgb.data());
    } else {
      rgb.swap(values);
    }
    const auto [low, high] = std::minmax_element(rgb.begin(), rgb.end());
    range.low = std::min(range.low, *low);
    range.high = std::max(range.high, *high);
  }
  return range;
}

void Sampler::stretch(const Scene& scene, int64_t index, float* rgb, int64_t count) const {
  Range range;
  {
    const std::lock_guard<std::mutex> lock(ranges_mutex_);
    const auto found = ranges_.find(index);
    range = found != ranges_.end() ? found->second
                                   : ranges_.emplace(index, range_of(scene)).first->second;
  }
  const float span = range.high - range.low;
  if (span <= 0) return;  // a constant image has nothing to stretch
  for (int64_t i = 0; i < count; ++i) rgb[i] = (rgb[i] - range.low) / span;
}

}  // namespace hyperlift
