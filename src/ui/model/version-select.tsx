import type { SectionProps } from './section.ts';

interface VersionSelectProps extends Pick<SectionProps, 'view'> {
  /** The word for no choice; null where one must be made. */
  readonly first: string | null;
  readonly isReleased: boolean;
}

/** A version other than the champion. */
export function VersionSelect({ view, first, isReleased }: VersionSelectProps) {
  const champion = view.entry?.champion?.version;
  const versions = view.versions.filter(
    (version) => version.version !== champion && (!isReleased || version.status === 'released'),
  );
  return (
    <label>
      Version
      <select name="version">
        {first === null ? null : <option value="">{first}</option>}
        {versions.map((version) => (
          <option value={String(version.version)}>
            v{version.version} ({version.status}, gate: {version.gateVerdict})
          </option>
        ))}
      </select>
    </label>
  );
}
