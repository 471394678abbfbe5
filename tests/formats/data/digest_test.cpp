#include "formats/data/digest.h"

#include <gtest/gtest.h>

#include <string_view>

namespace karnin {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Digest, AgreesWithPublishedValues) {
  Digest md5(Digest::Algorithm::md5);  // RFC 1321, A.5, in two parts
  md5.update(bytes_of("message "));
  md5.update(bytes_of("digest"));
  EXPECT_EQ(md5.finish(), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(sha256(bytes_of("abc")),  // FIPS 180-2, B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace karnin
