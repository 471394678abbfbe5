#include "formats/data/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "runtime/core/error.h"

namespace karnin {

struct Digest::Impl {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
};

namespace {

void require(int openssl_result) {
  if (openssl_result != 1) throw Error("OpenSSL cannot compute the checksum");
}

}  // namespace

Digest::Digest(Algorithm algorithm) : impl_(std::make_unique<Impl>()) {
  const EVP_MD* type = algorithm == Algorithm::md5 ? EVP_md5() : EVP_sha256();
  require(EVP_DigestInit_ex(impl_->context.get(), type, nullptr));
}

Digest::~Digest() = default;

void Digest::update(std::span<const std::uint8_t> bytes) {
  require(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()));
}

std::string Digest::finish() {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(impl_->context.get(), raw.data(), &size));
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", raw[i]);
  return hex;
}

std::string sha256(std::span<const std::uint8_t> bytes) {
  Digest digest(Digest::Algorithm::sha256);
  digest.update(bytes);
  return digest.finish();
}

}  // namespace karnin
