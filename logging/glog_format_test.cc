#include "logging/glog_format.h"

#include <glog/logging.h>

#include <string>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

std::string Ours(GlogFormat* format, LogLevel level, time_t seconds,
                 int32_t micros) {
  std::string line;
  format->Append({level, absl::FromTimeT(seconds) + absl::Microseconds(micros),
                  "place.cc", 12, "text"},
                 &line);
  return line;
}

std::string Glogs(google::LogSeverity severity, time_t seconds,
                  int32_t micros) {
  const google::LogMessageTime time(
      seconds, static_cast<double>(seconds) + micros / 1e6 + 4e-7);
  return google::LogSink::ToString(severity, "place.cc", 12, time, "text", 4) +
         "\n";
}

TEST(GlogFormat, IsGlogs) {
  GlogFormat format;
  // Forwards and backwards, within a second and over the borders of days.
  for (const time_t seconds :
       {0, 0, 1, 86399, 86400, 1675166400, 1675166400, 5, 1999999999}) {
    for (const int32_t micros : {0, 1, 250000, 999999}) {
      EXPECT_EQ(Ours(&format, LogLevel::kInfo, seconds, micros),
                Glogs(google::GLOG_INFO, seconds, micros));
      EXPECT_EQ(Ours(&format, LogLevel::kDebug, seconds, micros),
                Glogs(google::GLOG_INFO, seconds, micros));
      EXPECT_EQ(Ours(&format, LogLevel::kWarning, seconds, micros),
                Glogs(google::GLOG_WARNING, seconds, micros));
      EXPECT_EQ(Ours(&format, LogLevel::kCritical, seconds, micros),
                Glogs(google::GLOG_ERROR, seconds, micros));
      EXPECT_EQ(Ours(&format, LogLevel::kError, seconds, micros),
                Glogs(google::GLOG_ERROR, seconds, micros));
    }
  }
}

TEST(GlogFormat, HasTheNumberOfTheThreadThatWrites) {
  GlogFormat format;
  const std::string here = Ours(&format, LogLevel::kInfo, 0, 0);
  std::string there;
  std::string glogs;
  std::thread([&] {
    there = Ours(&format, LogLevel::kInfo, 0, 0);
    glogs = Glogs(google::GLOG_INFO, 0, 0);
  }).join();
  EXPECT_EQ(there, glogs);
  EXPECT_NE(there, here);
}

}  // namespace
}  // namespace dirwatcher
