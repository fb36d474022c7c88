#include "notify/mail_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;

TEST(ToCrlf, EndsEveryLineWithBoth) {
  EXPECT_EQ(ToCrlf("a\nb\r\nc\n\nd"), "a\r\nb\r\nc\r\n\r\nd");
  EXPECT_EQ(ToCrlf("\n"), "\r\n");
  EXPECT_EQ(ToCrlf(""), "");
}

TEST(ToCrlf, KeepsALoneCarriageReturn) {
  EXPECT_EQ(ToCrlf("a\rb\r"), "a\rb\r");
  EXPECT_EQ(ToCrlf("\r\r\n"), "\r\r\n");
}

TEST(ToHtml, ShowsWhatIsMarkup) {
  EXPECT_THAT(ToHtml("<module> & \"x\" 'y' &lt;"),
              HasSubstr("<pre>\n&lt;module&gt; &amp; &quot;x&quot; &#39;y&#39; "
                        "&amp;lt;</pre>"));
}

TEST(ToHtml, KeepsAnEmptyFirstLine) {
  EXPECT_THAT(ToHtml("\na"), HasSubstr("<pre>\n\na</pre>"));
}

}  // namespace
}  // namespace dirwatcher
