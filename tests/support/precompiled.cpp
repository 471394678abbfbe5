// Empty: CMake builds the headers that all tests share beside it.
