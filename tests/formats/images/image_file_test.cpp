#include "formats/images/image_file.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/jpeg_file.h"
#include "tests/support/png_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using ::testing::HasSubstr;

TEST(ImageFile, IsKnownByItsBytes) {
  const test::TemporaryDirectory directory;
  const auto path = directory / "picture.jpg";
  test::write_bytes(path,
                    test::png_file({1, 1, test::PngColour::grey}, std::vector<std::uint8_t>{7}));
  EXPECT_EQ(read_image(path).pixels, std::vector<std::uint8_t>{7});
  test::write_bytes(path, test::jpeg_file({2, 3, 1}, std::vector<std::uint8_t>(6, 90)));
  EXPECT_EQ(read_image(path).w, 3);
}

TEST(ImageFile, NamesWhatIsNone) {
  const test::TemporaryDirectory directory;
  const auto path = directory / "picture.png";
  const auto refusal = [&] { return test::error_message<FileError>([&] { read_image(path); }); };
  EXPECT_THAT(refusal(), HasSubstr("No such file"));
  for (const char* text : {"", "GIF89a", "\x89PNG", "\xFF\xD8"}) {
    test::write_text(path, text);
    EXPECT_THAT(refusal(), HasSubstr("expected a PNG or a JPEG image, got something else"));
    EXPECT_THAT(refusal(), HasSubstr(path.string()));
  }
}

TEST(ImageFile, NamesInEitherCase) {
  for (const char* name : {"a.png", "a.JPG", "b/a.Jpeg"}) EXPECT_TRUE(has_image_name(name)) << name;
  for (const char* name : {"a.npy", "png", "a.png.txt", ".png"})
    EXPECT_FALSE(has_image_name(name)) << name;
}

}  // namespace
}  // namespace karnin
