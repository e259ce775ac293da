// Perceptual term of UnSSR: an RGB image and three bands of the cube, compared in the features of
// VGG-16.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// Layers 0..15 of VGG-16 (Simonyan and Zisserman, ICLR 2015; torchvision's numbering), frozen,
// channels-last, always in the precision of the input: seven 3x3 convolutions with ReLU and two
// poolings, tapped after ReLU 3, 8 and 15.
class Vgg16Features {
 public:
  // From torchvision's keys features.{0,2,5,7,10,12,14}.{weight,bias}; others are ignored. Throws
  // CHECKPOINT_KEYS for a missing one, CHECKPOINT_SHAPE for one of another shape.
  explicit Vgg16Features(const std::map<std::string, at::Tensor>& weights);
  // Random, He-normal (He et al., ICCV 2015) with biases of 0, from `seed`: random convolutional
  // features compare images by their local structure too, where no trained weights are at hand.
  explicit Vgg16Features(uint64_t seed);

  // image: [B, 3, H, W], H and W at least 4 -> relu1_2, relu2_2, relu3_3
  std::vector<at::Tensor> taps(const at::Tensor& image);

 private:
  struct Layer {
    at::Tensor weight;  // [out, in, 3, 3]
    at::Tensor bias;    // [out]
  };
  void move_to(const at::Tensor& like);
  std::vector<Layer> layers_;
};

// Mean over the taps of the mean squared difference, no ImageNet normalisation on either side
// (reference PerpetualCertain2). indices: int64 [3], or [B, 3] for bands chosen sample by sample.
// Gradients reach the chosen bands.
at::Tensor perceptual_loss(Vgg16Features& features, const at::Tensor& cube, const at::Tensor& rgb,
                           const at::Tensor& indices);

}  // namespace hyperlift
