#include "env/curl_library.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;

TEST(CurlLibrary, IsLoadedOnce) {
  const absl::StatusOr<const CurlLibrary*> first = CurlLibrary::Load();
  ASSERT_EQ(first.status(), absl::OkStatus());
  EXPECT_EQ(*first, *CurlLibrary::Load());
}

TEST(CurlLibrary, NamesThePackageWhenItIsMissing) {
  const absl::Status status = CurlLibrary::Open("libcurl-none.so.4").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("libcurl4"));
}

TEST(CurlLibrary, RefusesALibraryThatLacksAFunction) {
  const absl::Status status = CurlLibrary::Open("libz.so.1").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("it has no curl_global_init"));
}

}  // namespace
}  // namespace dirwatcher
