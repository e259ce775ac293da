#include "data/scene_store.h"

#include "core/error.h"
#include "ops/imresize.h"

#include <cmath>

namespace hyperlift {

namespace {

void check_plane(const Scene& scene, const std::optional<Plane>& plane, const char* what) {
  if (!plane) return;
  const auto& values = plane->values;
  const auto type = values.scalar_type();
  if (type != at::kByte && type != at::kUInt16 && type != at::kHalf && type != at::kFloat) {
    fail("DATA_SCENE", "scene ", scene.name, ": the ", what, " is of dtype ", type,
         ", expected uint8, uint16, float16 or float32");
  }
  if (values.dim() != 3 || values.size(1) != scene.height || values.size(2) != scene.width) {
    fail("DATA_SCENE", "scene ", scene.name, ": the ", what, " has shape ", values.sizes(),
         ", expected [bands, ", scene.height, ", ", scene.width, "]");
  }
  if (!(plane->scale > 0)) {
    fail("DATA_SCENE", "scene ", scene.name, ": the ", what, " has scale ", plane->scale,
         ", expected a number above 0");
  }
}

void check_bands(const Scene& scene, const std::optional<Plane>& plane,
                 const std::optional<Plane>& earlier, const char* what) {
  if (plane && earlier && plane->bands() != earlier->bands()) {
    fail("DATA_SCENE", "scene ", scene.name, ": the ", what, " has ", plane->bands(),
         " bands, the scenes before it ", earlier->bands());
  }
}

int64_t bytes_in_memory(const std::optional<Plane>& plane) {
  return plane && !plane->tiles ? static_cast<int64_t>(plane->values.nbytes()) : 0;
}

// A part of a plane, [bands, height, width] float32 in [0, 1].
at::Tensor part_of(const Plane& plane, const Area& area) {
  const auto part = at::empty({plane.bands(), area.height, area.width}, at::kFloat);
  const Placement upright{.band_step = area.height * area.width, .down = area.width};
  will_need(plane, area);
  copy_area(plane, area, 1, upright, part.mutable_data_ptr<float>());
  return part.div_(plane.scale);
}

}  // namespace

void SceneStore::check(const Scene& scene) const {
  if (!scene.cube && !scene.rgb) {
    fail("DATA_SCENE", "scene ", scene.name, " has neither a cube nor an RGB image");
  }
  check_plane(scene, scene.cube, "cube");
  check_plane(scene, scene.rgb, "RGB image");
  for (const Scene& earlier : scenes_) {
    check_bands(scene, scene.cube, earlier.cube, "cube");
    check_bands(scene, scene.rgb, earlier.rgb, "RGB image");
  }
}

int64_t SceneStore::add(Scene scene) {
  const std::lock_guard<std::mutex> lock(mutex_);
  check(scene);
  bytes_ += bytes_in_memory(scene.cube) + bytes_in_memory(scene.rgb);
  scenes_.push_back(std::move(scene));
  return static_cast<int64_t>(scenes_.size()) - 1;
}

at::Tensor SceneStore::resized(int64_t index, const Area& area, double factor) const {
  const Scene& from = at(index);
  const bool inside = area.row >= 0 && area.column >= 0 && area.height > 0 && area.width > 0 &&
                      area.row + area.height <= from.height &&
                      area.column + area.width <= from.width;
  if (!from.cube || !inside || !(factor > 0)) {
    fail("DATA_SCENE", "scene ", from.name, " has no part of ", area.height, " x ", area.width,
         " pixels at ", area.row, ", ", area.column, " to resize by ", factor);
  }
  const at::NoGradGuard no_grad;
  const auto part = part_of(*from.cube, area);
  const auto side = [factor](int64_t length) {
    return static_cast<int64_t>(std::ceil(static_cast<double>(length) * factor));
  };
  const ResizeTarget target{.height = side(area.height),
                            .width = side(area.width),
                            .vertical = factor,
                            .horizontal = factor};
  return imresize(part, target, ResizeStyle::matlab);
}

int64_t SceneStore::add_resized(int64_t index, const Area& area, double factor) {
  const auto cube = resized(index, area, factor);
  return add({.name = at(index).name,
              .height = cube.size(1),
              .width = cube.size(2),
              .cube = Plane{.values = cube},
              .rgb = std::nullopt});
}

const Scene& SceneStore::at(int64_t index) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return scenes_.at(index);
}

int64_t SceneStore::count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int64_t>(scenes_.size());
}

int64_t SceneStore::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

}  // namespace hyperlift
