import type { StoredFile } from "@tongban/shared/api/types";
import { useWords } from "@tongban/shared/words";
import { Modal } from "antd";

/** A file as it was handed in: pictures and PDF in place, and always a way to open it in a tab of its own. */
export function FilePreview({ file, href, close }: { file: StoredFile | undefined; href: string; close(): void }) {
  const { t, size } = useWords();
  return (
    <Modal open={file !== undefined} onCancel={close} footer={null} width="min(960px, 96vw)" title={file?.name} destroyOnHidden className="preview">
      {file ? (
        <>
          {file.type.startsWith("image/") ? (
            <img src={href} alt={t("preview.alt", { name: file.name })} />
          ) : (
            <iframe src={href} title={file.name} />
          )}
          <p className="quiet">
            <a href={href} target="_blank" rel="noreferrer">
              {t("preview.open")}
            </a>{" "}
            {file.type} · {size(file.size)}
          </p>
        </>
      ) : null}
    </Modal>
  );
}
