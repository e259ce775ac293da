#include "nn/band_mean.h"

#include "core/error.h"

namespace hyperlift::nn {

namespace {

using Means = std::array<float, 31>;

// Per training scene the mean over pixels, then the mean over scenes, as the authors of MCNet and
// ERCSR give them. .1187 stands in both lists at the sixteenth place: a slip, but the published
// weights saw it.
constexpr Means kCave = {.0939, .0950, .0869, .0839, .0850, .0809, .0769, .0762,
                         .0788, .0790, .0834, .0894, .0944, .0956, .0939, .1187,
                         .0903, .0928, .0985, .1046, .1121, .1194, .1240, .1256,
                         .1259, .1272, .1291, .1300, .1352, .1428, .1541};
constexpr Means kHarvard = {.0100, .0137, .0219, .0285, .0376, .0424, .0512, .0651,
                            .0694, .0723, .0816, .0950, .1338, .1525, .1217, .1187,
                            .1337, .1481, .1601, .1817, .1752, .1445, .1450, .1378,
                            .1343, .1328, .1303, .1299, .1456, .1433, .1303};

}  // namespace

std::vector<std::string> band_mean_choices() { return {"auto", "cave", "harvard", "none"}; }

at::Tensor band_mean(const char* network, const std::string& choice, int64_t bands) {
  const auto known = static_cast<int64_t>(kCave.size());
  if (choice == "none" || (choice == "auto" && bands != known)) return at::zeros({bands});
  if (bands != known) {
    fail("MODEL_OPTION", "network ", network, ": option bandMean is ", choice,
         ", whose means are of ", known, " bands, and option bands is ", bands,
         ": expected auto or none");
  }
  const Means& means = choice == "harvard" ? kHarvard : kCave;
  return at::tensor(at::ArrayRef<float>(means));
}

}  // namespace hyperlift::nn
