// .npy files, with whatever contradictions a test wants.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace karnin::test {

/// Version 1.0, or a later one with its longer length, around this dictionary and these bytes.
inline std::vector<std::uint8_t> npy_file(const std::string& dictionary,
                                          std::span<const std::uint8_t> bytes,
                                          std::uint8_t version = 1) {
  std::vector<std::uint8_t> file{0x93, 'N', 'U', 'M', 'P', 'Y', version, 0};
  const std::string text = dictionary + "\n";
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    file.push_back(static_cast<std::uint8_t>(text.size() >> 8 * i));
  file.insert(file.end(), text.begin(), text.end());
  file.insert(file.end(), bytes.begin(), bytes.end());
  return file;
}

/// "{'descr': '<f4', ...}"
inline std::string npy_dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

/// As NumPy saves it.
template <typename T>
std::vector<std::uint8_t> npy_array(const std::string& descr, const std::string& shape,
                                    const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return npy_file(npy_dictionary(descr, shape), bytes);
}

}  // namespace karnin::test
