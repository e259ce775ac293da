// Decoded scenes in their stored type, in memory or mapped. What a batch needs is gathered and
// scaled from here, so that a data set of 16-bit cubes takes 16 bits a value.
#pragma once

#include "data/plane.h"

#include <deque>
#include <mutex>

namespace hyperlift {

struct Scene {
  std::string name;
  int64_t height = 0;
  int64_t width = 0;
  std::optional<Plane> cube;
  std::optional<Plane> rgb;
};

// Scenes are only ever added, and stay where they are: samplers on other threads keep references.
class SceneStore {
 public:
  // Returns the scene's number. Throws DATA_SCENE where planes are missing, disagree in size or
  // have another dtype, and where the number of bands differs from that of the scenes before.
  int64_t add(Scene scene);
  // A part of a scene's cube at another size (imresize.h, matlab; sides rounded up): float32
  // [bands, height, width] in [0, 1].
  at::Tensor resized(int64_t index, const Area& area, double factor) const;
  // Adds that as a scene in memory; returns its number.
  int64_t add_resized(int64_t index, const Area& area, double factor);
  const Scene& at(int64_t index) const;
  int64_t count() const;
  // Of the planes in memory; those that are mapped take what the system leaves them.
  int64_t bytes() const;

 private:
  void check(const Scene& scene) const;
  mutable std::mutex mutex_;
  std::deque<Scene> scenes_;
  int64_t bytes_ = 0;
};

}  // namespace hyperlift
