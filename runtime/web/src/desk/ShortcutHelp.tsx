import { useWords, type WordKey } from "@tongban/shared/words";
import { Checkbox, Modal } from "antd";
import { useState } from "react";

import { setSingleKeys, singleKeys } from "../frame/shortcuts";

interface Line {
  keys: string[];
  word: WordKey;
}

const EVERYWHERE: Line[] = [{ keys: ["?"], word: "keys.help" }];
const WINDOW: Line[] = [
  { keys: ["Alt", "1"], word: "keys.home" },
  { keys: ["Alt", "2"], word: "keys.received" },
  { keys: ["↑", "↓", "Enter"], word: "keys.pick" },
  { keys: ["F8"], word: "keys.next" },
  { keys: ["Ctrl", "S"], word: "keys.save" },
  { keys: ["Ctrl", "Enter"], word: "keys.submit" },
  { keys: ["Ctrl", "P"], word: "keys.print" },
];
const OFFICE: Line[] = [
  { keys: ["Alt", "3"], word: "keys.queue" },
  { keys: ["j", "k"], word: "keys.rows" },
  { keys: ["Enter"], word: "keys.open" },
];

/** Every key that does something, by where it does it. */
export function ShortcutHelp({ open, close, clerk, office }: { open: boolean; close(): void; clerk: boolean; office: boolean }) {
  const { t } = useWords();
  const [single, setSingle] = useState(singleKeys);
  const lines = [...EVERYWHERE, ...(clerk ? WINDOW : []), ...(office ? OFFICE : [])];
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("keys.title")} width={460} destroyOnHidden>
      <dl className="keys">
        {lines.map((line) => (
          <div key={line.word}>
            <dt>
              {line.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(line.word)}</dd>
          </div>
        ))}
      </dl>
      <Checkbox
        checked={single}
        onChange={(event) => {
          setSingle(event.target.checked);
          setSingleKeys(event.target.checked);
        }}
      >
        {t("keys.single")}
      </Checkbox>
    </Modal>
  );
}
