import { createBrowserRouter } from "react-router";

import { Broken } from "./frame/Broken";

/** One chunk for each door: nobody downloads the desk to follow a case on a phone. */
export const router = createBrowserRouter([
  {
    ErrorBoundary: Broken,
    HydrateFallback: () => null,
    children: [
      { path: "/", lazy: async () => ({ Component: (await import("./frame/Landing")).Landing }) },
      {
        path: "/desk",
        lazy: async () => ({ Component: (await import("./desk/DeskFrame")).DeskFrame }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import("./desk/DeskHome")).DeskHome }) },
          { path: "new/:code", lazy: async () => ({ Component: (await import("./desk/NewApplication")).NewApplication }) },
          { path: "drafts/:id", lazy: async () => ({ Component: (await import("./desk/Application")).Application }) },
          { path: "receipts/:id", lazy: async () => ({ Component: (await import("./desk/ReceiptPage")).ReceiptPage }) },
          { path: "received", lazy: async () => ({ Component: (await import("./office/QueuePage")).ReceivedQueue }) },
          { path: "queue", lazy: async () => ({ Component: (await import("./office/QueuePage")).OfficeQueue }) },
          { path: "cases/:id", lazy: async () => ({ Component: (await import("./office/CasePage")).CasePage }) },
          { path: "cases/:id/documents/:seq", lazy: async () => ({ Component: (await import("./office/DocumentPage")).DocumentPage }) },
        ],
      },
      {
        path: "/m",
        lazy: async () => ({ Component: (await import("./phone/PhoneFrame")).PhoneFrame }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import("./phone/FollowPage")).FollowPage }) },
          { path: "items", lazy: async () => ({ Component: (await import("./phone/GuideSearch")).GuideSearch }) },
          { path: "items/:code", lazy: async () => ({ Component: (await import("./phone/GuidePage")).GuidePage }) },
        ],
      },
      { path: "*", lazy: async () => ({ Component: (await import("./frame/Nowhere")).Nowhere }) },
    ],
  },
]);
