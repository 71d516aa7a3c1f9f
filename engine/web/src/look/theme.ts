import type { ThemeConfig } from "antd";

/**
 * The look in Ant Design's terms. The same values stand in look.css as custom properties for everything that is not an
 * Ant Design component. Text on its background keeps at least 4.5:1, borders of controls at least 3:1 (WCAG 2.2 AA).
 */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#1b4f8c",
    colorInfo: "#1b4f8c",
    colorSuccess: "#1f7a4d",
    colorWarning: "#9a6200",
    colorError: "#b3261e",
    colorText: "#1b2430",
    colorTextSecondary: "#4a5666",
    colorTextTertiary: "#5b6777",
    colorTextDescription: "#5b6777",
    colorTextPlaceholder: "#687485",
    colorTextDisabled: "#5b6777",
    colorBorder: "#8592a3",
    colorBorderSecondary: "#d9dfe6",
    colorBgLayout: "#f3f5f8",
    colorLink: "#1b4f8c",
    borderRadius: 4,
    controlHeight: 34,
    fontSize: 14,
    fontFamily:
      '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, -apple-system, "Segoe UI", sans-serif',
    motionDurationMid: "0.12s",
    motionDurationSlow: "0.16s",
    wireframe: false,
  },
  components: {
    Button: { fontWeight: 500, primaryShadow: "none", defaultShadow: "none" },
    Modal: { titleFontSize: 17 },
  },
};
