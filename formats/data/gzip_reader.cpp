#include "formats/data/gzip_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
constexpr std::size_t kMaxOut = std::size_t{1} << 30;  // zlib counts in unsigned int
constexpr int kGzipAlone = 16 + MAX_WBITS;             // no zlib header, no raw deflate

void release(z_stream* stream) {
  inflateEnd(stream);
  delete stream;
}

}  // namespace

GzipReader::GzipReader(const FileDescriptor& file, std::string path)
    : file_(file), path_(std::move(path)), buffer_(kBufferBytes), stream_(new z_stream{}, release) {
  if (inflateInit2(stream_.get(), kGzipAlone) != Z_OK) throw std::bad_alloc();
  refill();
  is_plain_ = stream_->avail_in < 2 || buffer_[0] != 0x1F || buffer_[1] != 0x8B;
}

std::size_t GzipReader::read(std::span<std::uint8_t> dst) {
  std::size_t filled = 0;
  while (filled < dst.size()) {
    const auto part = dst.subspan(filled, std::min(dst.size() - filled, kMaxOut));
    const std::size_t got = is_plain_ ? copy(part) : unpack(part);
    if (got == 0) break;
    filled += got;
    offset_ += got;
  }
  return filled;
}

void GzipReader::fail(std::uint64_t offset, const std::string& problem) const {
  throw FileError(path_, offset, problem);
}

/// Whether there is input, after reading more where there was none.
bool GzipReader::refill() {
  if (stream_->avail_in > 0) return true;
  std::size_t filled = 0;
  while (filled < buffer_.size()) {
    const ssize_t got = ::read(file_.get(), buffer_.data() + filled, buffer_.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(offset_, "cannot read: " + std::generic_category().message(errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  stream_->next_in = buffer_.data();
  stream_->avail_in = static_cast<uInt>(filled);
  return filled > 0;
}

std::size_t GzipReader::copy(std::span<std::uint8_t> dst) {
  if (!refill()) return 0;
  const std::size_t count = std::min<std::size_t>(dst.size(), stream_->avail_in);
  std::copy_n(stream_->next_in, count, dst.data());
  stream_->next_in += count;
  stream_->avail_in -= static_cast<uInt>(count);
  return count;
}

/// Goes on through a member's checksum and into the next one until there is something to give.
std::size_t GzipReader::unpack(std::span<std::uint8_t> dst) {
  stream_->next_out = dst.data();
  stream_->avail_out = static_cast<uInt>(dst.size());
  while (stream_->avail_out == dst.size()) {
    const bool more = refill();
    if (!more && !in_member_) break;
    if (!more) fail(offset_, "gzip: the file ends before the checksum of what is packed in it");
    if (!in_member_) inflateReset(stream_.get());
    in_member_ = true;
    inflate_some(offset_ + dst.size() - stream_->avail_out);
  }
  return dst.size() - stream_->avail_out;
}

void GzipReader::inflate_some(std::uint64_t offset) {
  const int code = inflate(stream_.get(), Z_NO_FLUSH);
  if (code == Z_STREAM_END) in_member_ = false;
  if (code == Z_MEM_ERROR) throw std::bad_alloc();
  if (code != Z_OK && code != Z_STREAM_END)
    fail(offset, fmt::format("gzip: {}", stream_->msg != nullptr ? stream_->msg : zError(code)));
}

}  // namespace karnin
