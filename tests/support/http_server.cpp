#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace karnin::test {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("test server: ") + what);
}

bool readable(int descriptor, int milliseconds) {
  pollfd poller{descriptor, POLLIN, 0};
  return poll(&poller, 1, milliseconds) == 1;
}

}  // namespace

std::string http_response(const std::string& status, const std::string& body, long promised) {
  const long length = promised < 0 ? static_cast<long>(body.size()) : promised;
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(length) +
         "\r\nConnection: close\r\n\r\n" + body;
}

HttpServer::HttpServer(std::string response, Ending ending)
    : response_(std::move(response)), ending_(ending) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // port 0: the system finds a free one
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  require(bind(listener_, generic, size) == 0, "bind");
  require(listen(listener_, 4) == 0, "listen");
  require(getsockname(listener_, generic, &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

std::string HttpServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/archive.tar.gz";
}

void HttpServer::serve() {
  while (!stopping_) {
    if (!readable(listener_, 20)) continue;
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    ++requests_;
    answer(connection);
    close(connection);
  }
}

void HttpServer::answer(int connection) {
  std::string request;
  char buffer[1024];
  while (request.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = recv(connection, buffer, sizeof(buffer), 0);
    if (got <= 0) return;
    request.append(buffer, static_cast<std::size_t>(got));
  }
  for (std::size_t sent = 0; sent < response_.size();) {
    const ssize_t got =
        send(connection, response_.data() + sent, response_.size() - sent, MSG_NOSIGNAL);
    if (got <= 0) return;  // the client has heard enough
    sent += static_cast<std::size_t>(got);
  }
  while (ending_ == Ending::stall && !stopping_ && !readable(connection, 20)) {
  }
}

}  // namespace karnin::test
