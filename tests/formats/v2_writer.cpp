#include "tests/formats/v2_writer.h"

#include "formats/byte_writer.h"
#include "formats/container.h"
#include "formats/model_sections.h"
#include "formats/tensor_codec.h"

namespace karnin::test {

std::vector<std::uint8_t> encode_model_v2(const Model& model) {
  std::vector<Section> sections = model_sections(model);
  auto parameter = model.parameters.begin();
  for (Section& section : sections) {
    if (section.kind != SectionKind::tensor) continue;
    ByteWriter writer;
    encode_parameter(*parameter++, writer, 2);
    section.payload = writer.take();
  }
  return encode_container(sections, Features::none, 2);
}

}  // namespace karnin::test
