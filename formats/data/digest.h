// MD5 and SHA-256 of a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace karnin {

class Digest {
 public:
  enum class Algorithm { md5, sha256 };

  /// Throws Error where this OpenSSL does not offer the algorithm.
  explicit Digest(Algorithm algorithm);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void update(std::span<const std::uint8_t> bytes);
  /// Lower-case hexadecimal. Once only: nothing may follow it.
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string sha256(std::span<const std::uint8_t> bytes);

}  // namespace karnin
