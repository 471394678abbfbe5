#include "tests/support/v2_writer.h"

#include "formats/coding/tensor_codec.h"
#include "formats/io/byte_writer.h"
#include "formats/io/container.h"
#include "formats/model/model_sections.h"

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
