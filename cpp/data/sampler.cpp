#include "data/sampler.h"

#include "core/error.h"
#include "data/noise.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

namespace {

// Where output pixel (i, j) of a patch comes from: origin + i * down + j * right, in elements of
// one band.
struct Walk {
  int64_t origin, down, right;
};

// Quarter turns, then flips, as one walk through the stored patch.
Walk walk_of(const PlanRow& row, int64_t patch, int64_t width) {
  const int64_t start = row.row * width + row.column;
  const int64_t last = patch - 1;
  Walk walk{start, width, 1};
  switch (row.augmentation & 3) {  // out[i, j] = in[..] of a counter-clockwise turn
    case 1:
      walk = {start + last, -1, width};  // in[j, last - i]
      break;
    case 2:
      walk = {start + last * width + last, -width, -1};  // in[last - i, last - j]
      break;
    case 3:
      walk = {start + last * width, 1, -width};  // in[last - j, i]
      break;
    default:
      break;
  }
  if ((row.augmentation & 4) != 0) {
    walk.origin += last * walk.right;
    walk.right = -walk.right;
  }
  if ((row.augmentation & 8) != 0) {
    walk.origin += last * walk.down;
    walk.down = -walk.down;
  }
  return walk;
}

// One patch of all bands, scaled to [0, 1]: out is [bands, patch, patch].
void copy_patch(const Scene& scene, const Plane& plane, const PlanRow& row, int64_t patch,
                float* out) {
  const Walk walk = walk_of(row, patch, scene.width);
  const double scale = plane.scale;
  visit_values(plane, [&](const auto* values) {
    for (int64_t band = 0; band < plane.bands(); ++band) {
      const auto* const from = values + band * scene.height * scene.width + walk.origin;
      for (int64_t i = 0; i < patch; ++i) {
        const auto* source = from + i * walk.down;
        for (int64_t j = 0; j < patch; ++j, source += walk.right) {
          *out++ = static_cast<float>(static_cast<double>(*source) / scale);
        }
      }
    }
  });
}

// Where a patch is a whole image: the row that takes a block of `rows` image rows.
void copy_rows(const Scene& scene, const Plane& plane, int64_t top, int64_t rows, float* out) {
  visit_values(plane, [&](const auto* values) {
    for (int64_t band = 0; band < plane.bands(); ++band) {
      const auto* const from = values + (band * scene.height + top) * scene.width;
      for (int64_t i = 0; i < rows * scene.width; ++i) {
        *out++ = static_cast<float>(static_cast<double>(from[i]) / plane.scale);
      }
    }
  });
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
    const Scene& scene = store_->at(rows[i].scene);
    copy_patch(scene, *scene.cube, rows[i], patch,
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

Batch Sampler::gather(const PlanRow* rows, int64_t count, int64_t first) const {
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
    if (config_.cubes || config_.camera) copy_patch(scene, *scene.cube, rows[i], patch, cube);
    if (config_.camera) {
      project(cube, bands, pixels, rgb);
      degrade(rgb, rgb_bands * pixels, static_cast<uint64_t>(first + i));
    } else {
      copy_patch(scene, *scene.rgb, rows[i], patch, rgb);
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
  const int64_t bands = config_.camera ? config_.camera->rgb_bands : scene.rgb->bands();
  std::vector<float> cube, rgb;
  Range range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  for (int64_t top = 0; top < scene.height; top += block) {
    const int64_t rows = std::min(block, scene.height - top), pixels = rows * scene.width;
    rgb.resize(bands * pixels);
    if (config_.camera) {
      cube.resize(scene.cube->bands() * pixels);
      copy_rows(scene, *scene.cube, top, rows, cube.data());
      project(cube.data(), scene.cube->bands(), pixels, rgb.data());
    } else {
      copy_rows(scene, *scene.rgb, top, rows, rgb.data());
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
