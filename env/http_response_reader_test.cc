#include "env/http_response_reader.h"

#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(HttpResponseReader, TakesSpacesOffValues) {
  HttpResponseReader reader(10);
  reader.AddHeaderLine("HTTP/1.1 200 OK\r\n");
  reader.AddHeaderLine("A:b\r\n");
  reader.AddHeaderLine("C: \t d: e \r\n");
  reader.AddHeaderLine("not a header\r\n");
  reader.AddHeaderLine("\r\n");
  EXPECT_EQ(reader.response().headers,
            (HttpHeaders{{"A", "b"}, {"C", "d: e"}}));
}

TEST(HttpResponseReader, KeepsTheHeadersOfTheLastResponse) {
  HttpResponseReader reader(10);
  for (const char* line : {"HTTP/1.1 100 Continue\r\n", "A: 1\r\n", "\r\n",
                           "HTTP/2 200\r\n", "B: 2\r\n", "\r\n", "T: 3\r\n"}) {
    reader.AddHeaderLine(line);
  }
  EXPECT_EQ(reader.response().headers, (HttpHeaders{{"B", "2"}}));
}

TEST(HttpResponseReader, RefusesOneByteTooMany) {
  HttpResponseReader reader(5);
  EXPECT_TRUE(reader.AddBody("abc"));
  EXPECT_TRUE(reader.AddBody("de"));
  EXPECT_TRUE(reader.AddBody(""));
  EXPECT_FALSE(reader.is_too_long());
  EXPECT_FALSE(reader.AddBody("f"));
  EXPECT_TRUE(reader.is_too_long());
  EXPECT_EQ(reader.response().body, "abcde");
}

}  // namespace
}  // namespace dirwatcher
