#include "logging/log_prefix.h"

#include <glog/logging.h>

#include <string>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

std::string Ours(LogPrefix* prefix, char level, time_t seconds,
                 int32_t micros) {
  std::string record;
  prefix->Append(level, absl::FromTimeT(seconds) + absl::Microseconds(micros),
                 "place.cc", 12, &record);
  return record + "text";
}

std::string Glogs(google::LogSeverity severity, time_t seconds,
                  int32_t micros) {
  const google::LogMessageTime time(
      seconds, static_cast<double>(seconds) + micros / 1e6 + 4e-7);
  return google::LogSink::ToString(severity, "place.cc", 12, time, "text", 4);
}

TEST(LogPrefix, IsGlogs) {
  LogPrefix prefix;
  // Forwards and backwards, within a second and over the borders of days.
  for (const time_t seconds :
       {0, 0, 1, 86399, 86400, 1675166400, 1675166400, 5, 1999999999}) {
    for (const int32_t micros : {0, 1, 250000, 999999}) {
      EXPECT_EQ(Ours(&prefix, 'I', seconds, micros),
                Glogs(google::GLOG_INFO, seconds, micros));
      EXPECT_EQ(Ours(&prefix, 'E', seconds, micros),
                Glogs(google::GLOG_ERROR, seconds, micros));
    }
  }
}

TEST(LogPrefix, HasTheNumberOfTheThreadThatWrites) {
  LogPrefix prefix;
  const std::string here = Ours(&prefix, 'I', 0, 0);
  std::string there;
  std::string glogs;
  std::thread([&] {
    there = Ours(&prefix, 'I', 0, 0);
    glogs = Glogs(google::GLOG_INFO, 0, 0);
  }).join();
  EXPECT_EQ(there, glogs);
  EXPECT_NE(there, here);
}

}  // namespace
}  // namespace dirwatcher
