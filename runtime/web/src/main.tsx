import "@tongban/shared/look/look.css";
import "./frame/frame.css";

import { LanguageProvider, speak, startLanguage } from "@tongban/shared/words";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";

import { Calls } from "./frame/Calls";
import { router } from "./routes";

const language = startLanguage();
await speak(language);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <LanguageProvider start={language}>
      <Calls>
        <RouterProvider router={router} />
      </Calls>
    </LanguageProvider>
  </StrictMode>,
);
