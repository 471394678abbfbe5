// What embeds inference: reads a model and runs it, with nothing but the reader and the engine.
#include <cstdio>
#include <vector>

#include "formats/model/model_file.h"
#include "runtime/engine/engine.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const karnin::Model model = karnin::read_model(argv[1]);
  karnin::Engine engine(model, {.threads = 1, .race = false});
  const std::vector<float> image(static_cast<std::size_t>(input_extent(model.graph).size()));
  std::vector<float> logits(static_cast<std::size_t>(engine.classes()));
  engine.run(image, logits);
  std::printf("%zu logits\n", logits.size());
}
