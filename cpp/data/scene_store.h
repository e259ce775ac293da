// Decoded scenes in their stored type. What a batch needs is gathered and scaled from here, so that
// a data set of 16-bit cubes takes 16 bits a value.
#pragma once

#include "core/torch.h"

#include <deque>
#include <mutex>

namespace hyperlift {

// A cube or an RGB image: values [bands, height, width] of uint8, uint16 or float32, contiguous, on
// the CPU.
struct Plane {
  at::Tensor values;
  double scale = 1;  // divides to [0, 1]
  int64_t bands() const { return values.size(0); }
};

// A rectangle of pixels.
struct Area {
  int64_t row = 0, column = 0, height = 0, width = 0;
};

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
  // Adds a part of a scene's cube at another size (imresize.h, matlab; sides rounded up) as float32
  // in [0, 1]; returns its number.
  int64_t add_resized(int64_t index, const Area& area, double factor);
  const Scene& at(int64_t index) const;
  int64_t count() const;
  int64_t bytes() const;

 private:
  void check(const Scene& scene) const;
  mutable std::mutex mutex_;
  std::deque<Scene> scenes_;
  int64_t bytes_ = 0;
};

// Calls visit with a typed pointer to the plane's values.
template <class Visit>
void visit_values(const Plane& plane, Visit&& visit) {
  switch (plane.values.scalar_type()) {
    case at::kByte:
      return visit(plane.values.const_data_ptr<uint8_t>());
    case at::kUInt16:
      return visit(plane.values.const_data_ptr<uint16_t>());
    default:
      return visit(plane.values.const_data_ptr<float>());
  }
}

}  // namespace hyperlift
