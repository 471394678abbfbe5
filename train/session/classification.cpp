#include "train/session/classification.h"

#include "train/loop/augmentation.h"

namespace karnin {

ImageLoader loader_of(const Preprocess& preprocess, const ImageSet& images) {
  return [&](std::int64_t first, std::int64_t count, float* dst) {
    for (std::int64_t i = 0; i < count; ++i, dst += images.extent.size())
      load_image(images, first + i, preprocess, dst);
  };
}

std::vector<float> logits_of(Engine& engine, std::int64_t images, const ImageLoader& loader) {
  std::vector<float> logits(static_cast<std::size_t>(images * engine.classes()));
  engine.run(images, loader, logits);
  return logits;
}

ConfusionMatrix confusion_of(std::span<const float> logits, const ImageSet& images,
                             std::int64_t classes) {
  ConfusionMatrix confusion(classes);
  confusion.add(images.labels, predict(logits, classes));
  return confusion;
}

ConfusionMatrix classify(Engine& engine, const Preprocess& preprocess, const ImageSet& images) {
  const auto logits = logits_of(engine, images.size(), loader_of(preprocess, images));
  return confusion_of(logits, images, engine.classes());
}

}  // namespace karnin
