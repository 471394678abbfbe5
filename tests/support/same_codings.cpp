#include "tests/support/same_codings.h"

#include "formats/coding/mask_codec.h"
#include "formats/coding/padding.h"
#include "formats/coding/text_codec.h"
#include "formats/coding/value_codec.h"
#include "formats/io/container.h"

namespace karnin::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::size_t rows_of(const Dims& dims) {
  return dims.size() > 1 ? static_cast<std::size_t>(dims.front()) : 1;
}

KeptValues kept_values(const Parameter& parameter) {
  const std::span<const float> all = parameter.value.span();
  const std::size_t rows = rows_of(parameter.value.dims());
  KeptValues kept{{}, std::vector<std::size_t>(rows)};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!parameter.mask.empty() && parameter.mask[i] == 0) continue;
    kept.values.push_back(all[i]);
    ++kept.rows[i / (all.size() / rows)];
  }
  return kept;
}

Bytes encode_like(std::string_view text, ByteReader like) {
  return encode_text_as(TextCoding{like.read<std::uint8_t>("coding")}, text);
}

}  // namespace

Bytes encode_like(const Parameter& parameter, ByteReader like) {
  const auto codings = like.read<std::uint8_t>("codings");
  ByteWriter payload;
  payload.write(codings);
  payload.bytes(encode_mask_as(static_cast<PositionCoding>(codings & 0xFU), parameter.mask,
                               rows_of(parameter.value.dims())));
  payload.bytes(encode_values_as(static_cast<ValueCoding>(codings >> 4), kept_values(parameter))
                    .value_or(Bytes()));
  pad(payload, 0, static_cast<std::uint64_t>(parameter.value.size()));
  return payload.take();
}

Bytes encode_like(const Model& model, const Bytes& written, std::span<const std::uint8_t> like) {
  const std::vector<SectionView> originals = decode_container(like, "like");
  std::vector<Section> sections;
  auto parameter = model.parameters.begin();
  for (SectionView& view : decode_container(written, "written")) {
    const ByteReader original = originals.at(sections.size()).payload;
    if (view.kind == SectionKind::tensor)
      sections.push_back({view.kind, encode_like(*parameter++, original)});
    else if (view.kind == SectionKind::description || view.kind == SectionKind::provenance)
      sections.push_back({view.kind, encode_like(decode_text(view.payload, "text"), original)});
    else
      sections.push_back({view.kind, {view.payload.rest().begin(), view.payload.rest().end()}});
  }
  return encode_container(sections, features_of(like), version_of(like));
}

}  // namespace karnin::test
