// A web server on localhost that gives one prepared answer, however wrong, to every request.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace karnin::test {

/// Status line, Content-Length and body; `promised` is what Content-Length says, -1 for the truth.
std::string http_response(const std::string& status, const std::string& body, long promised = -1);

class HttpServer {
 public:
  enum class Ending { close, stall };  ///< after the answer: hang up, or stay silent

  explicit HttpServer(std::string response, Ending ending = Ending::close);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url() const;
  int requests() const { return requests_; }

 private:
  void serve();
  void answer(int connection);

  std::string response_;
  Ending ending_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace karnin::test
